using Lazuli.Compute;

namespace Lazuli.Cli;

/// <summary>A plan as <c>--json</c> prints it: seconds, bytes, FLOP, tokens, watt-hours; shares from 0 to 1.</summary>
internal static class PlanDocument
{
    public static object Of(PlanRequest[] requests, TrainingPlan[] plans, IReadOnlyList<ScalingPoint> scaling, IReadOnlyList<StepComparison> steps) => new
    {
        budgetFlop = requests[0].Budget?.Flop,
        hours = requests[0].Hours,
        law = new { requests[0].Forecast.Law.E, requests[0].Forecast.Law.A, requests[0].Forecast.Law.B, requests[0].Forecast.Law.Alpha, requests[0].Forecast.Law.Beta, requests[0].Forecast.Basis, requests[0].Forecast.Fit },
        plans = plans.Select(Plan),
        scaling = scaling.Select(p => new
        {
            devices = p.Step.Nodes,
            p.Step.BatchTokens,
            p.Step.StepSeconds,
            p.Step.AllReduceSeconds,
            p.Step.ExposedSeconds,
            p.Step.StragglerSeconds,
            p.Step.Goodput,
            p.Step.CheckpointIntervalSeconds,
            p.Step.TokenFactor,
            p.Seconds,
            p.Efficiency,
        }),
        assumptions = scaling.Count > 0 ? requests[0].Assumptions.Describe() : [],
        steps,
        definitions = PlanDefinitions.All,
    };

    private static object Plan(TrainingPlan p) => new
    {
        hardware = p.Hardware.Name,
        hardwareStatus = ComputeHardware.StatusName(p.Hardware.Status),
        p.Nodes,
        parameters = p.Shape.ParameterCount,
        shape = new { p.Shape.Layers, p.Shape.Width, p.Shape.Heads, p.Shape.HeadSize, p.Shape.FeedForwardWidth, p.Shape.VocabularySize, p.Shape.ContextLength },
        p.Tokens,
        p.Flop,
        petaflopDays = PetaflopDays.FromFlop(p.Flop),
        p.Shape.FlopPerToken,
        p.BatchTokens,
        p.RowsPerPass,
        p.Steps,
        p.LearningRate,
        p.WarmupSteps,
        p.Loss,
        p.LossLow,
        p.LossHigh,
        p.Step.StepSeconds,
        p.PeakShare,
        p.Seconds,
        p.MemoryBytes,
        p.EnergyWattHours,
        p.Cost,
        p.Currency,
        alternatives = p.Alternatives.Select(a => new { parameters = a.Shape.ParameterCount, a.Shape.Layers, a.Shape.Width, a.Tokens, a.Loss, a.LossPenalty, a.Shape.ServingFlopPerToken, a.ServingRatio, a.Seconds }),
        p.Notes,
    };
}
