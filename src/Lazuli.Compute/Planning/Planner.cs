using System.Globalization;

namespace Lazuli.Compute;

/// <summary>Chooses the model of <see cref="ShapeLadder"/> with the least expected loss for a budget, and says what its run takes.</summary>
/// <remarks>
/// Every shape that fits the device's memory is tried: its batch by <see cref="TrainingRules"/>, its step's time by <see cref="DataParallelModel"/>, then as many
/// whole steps as the budget buys. So a plan never exceeds its budget, its alternatives are never better by the same law, and more budget never foretells a
/// higher loss. Pure: the same request gives the same plan.
/// </remarks>
public static class Planner
{
    /// <summary>Most devices.</summary>
    public const int MostNodes = 10_000;

    /// <summary>Most hours: ten years.</summary>
    public const double MostHours = 87_660;

    /// <summary>Least steps of a run: fewer cannot warm up, learn and decay.</summary>
    public const int LeastSteps = 50;

    /// <summary>Evaluations of a run.</summary>
    public const int Evaluations = 10;

    /// <summary>Held-out rows of an evaluation.</summary>
    public const int EvaluationRows = 32;

    private const double UsableMemory = 0.95;
    private const double LawHoldsFromFlop = 1e18;

    private static readonly double[] s_alternatives = [0.25, 0.5, 2, 4];

    /// <summary>Plans.</summary>
    /// <exception cref="ArgumentException">The request has not exactly one of budget and hours, or nodes or hours out of range.</exception>
    public static PlanResult Plan(PlanRequest request)
    {
        if ((request.Budget is null) == (request.Hours is null) || request.Hours is not (null or (> 0 and <= MostHours)) || request.Nodes is < 1 or > MostNodes)
        {
            throw new ArgumentException($"A plan wants either a budget or hours above 0 and at most {MostHours}, and 1 to {MostNodes} nodes; got {request}.", nameof(request));
        }

        var model = new DataParallelModel(request.Hardware, request.Network, request.Assumptions);
        Candidate[] all = [.. ShapeLadder.Shapes(request.VocabularySize, request.ContextLength).Select(s => Candidate.Of(request, model, s))];
        Candidate[] fitting = [.. all.Where(c => c.MemoryBytes <= UsableMemory * request.Hardware.MemoryBytes)];
        if (fitting.Length == 0)
        {
            return new PlanResult.Refused(string.Create(CultureInfo.InvariantCulture, $"{request.Hardware.Name} has {request.Hardware.MemoryBytes / 1e9:0.###} GB of memory; the smallest model needs {all[0].MemoryBytes / 1e9:0.###} GB to train."));
        }

        Candidate[] possible = [.. fitting.Where(c => c.Steps >= LeastSteps)];
        if (possible.Length == 0)
        {
            return new PlanResult.Refused(TooLittle(request, fitting));
        }

        Candidate best = possible.MinBy(c => c.Loss)!;
        bool memoryBinds = all.Where(c => c.Steps >= LeastSteps).Min(c => c.Loss) < best.Loss;
        return new PlanResult.Planned(Describe(request, possible, best, memoryBinds));
    }

    private static TrainingPlan Describe(PlanRequest request, Candidate[] possible, Candidate best, bool memoryBinds)
    {
        (double loss, double low, double high) = request.Forecast.Expect(best.Shape.ParameterCount, best.EffectiveTokens);
        var plan = new TrainingPlan
        {
            Hardware = request.Hardware,
            Nodes = request.Nodes,
            Shape = best.Shape,
            BatchTokens = best.Step.BatchTokens,
            RowsPerPass = best.Work.RowsPerPass,
            Steps = best.Steps,
            LearningRate = TrainingRules.LearningRate(best.Shape.ParameterCount),
            WarmupSteps = TrainingRules.WarmupSteps(best.Steps),
            Loss = loss,
            LossLow = low,
            LossHigh = high,
            Step = best.Step,
            EvaluationSeconds = best.EvaluationSeconds,
            MemoryBytes = best.MemoryBytes,
            EnergyWattHours = null,
            Cost = null,
            Currency = request.Hardware.Price?.Currency ?? request.Currency,
            Alternatives = Alternatives(possible, best),
            Notes = [],
        };
        double deviceHours = plan.Seconds / 3600 * request.Nodes;
        double? energy = request.Hardware.Watts * deviceHours;
        return plan with { EnergyWattHours = energy, Cost = CostOf(request, deviceHours, energy), Notes = NotesOf(request, plan, memoryBinds) };
    }

    /// <summary>The profile's price is taken whole; the installation's own prices are of device-hours and of energy.</summary>
    private static decimal? CostOf(PlanRequest request, double deviceHours, double? energyWattHours)
    {
        if (deviceHours > 1e15)
        {
            return null; // beyond what money is counted in
        }

        if (request.Hardware.Price is { } price)
        {
            return price.Amount * (decimal)deviceHours;
        }

        decimal? energy = energyWattHours is { } wattHours && request.PricePerKilowattHour is { } perKilowattHour ? perKilowattHour * (decimal)(wattHours / 1000) : null;
        decimal? devices = request.PricePerDeviceHour is { } perHour ? perHour * (decimal)deviceHours : null;
        return devices is null && energy is null ? null : (devices ?? 0) + (energy ?? 0);
    }

    private static List<PlanAlternative> Alternatives(Candidate[] possible, Candidate best)
    {
        List<Candidate> chosen = [best];
        foreach (double ratio in s_alternatives)
        {
            double wanted = best.Shape.ParameterCount * ratio;
            Candidate nearest = possible.MinBy(c => Math.Abs(Math.Log(c.Shape.ParameterCount / wanted)))!;
            if (Math.Abs(Math.Log(nearest.Shape.ParameterCount / wanted)) < Math.Log(1.3) && !chosen.Contains(nearest))
            {
                chosen.Add(nearest);
            }
        }

        return [.. chosen.OrderBy(c => c.Shape.ParameterCount).Select(c => new PlanAlternative(
            c.Shape, c.Steps * c.Step.BatchTokens, c.Loss, c.Loss - best.Loss, c.Shape.ServingFlopPerToken / best.Shape.ServingFlopPerToken,
            ((c.Steps * c.Step.StepSeconds) + c.EvaluationSeconds) / c.Step.Goodput))];
    }

    private static List<string> NotesOf(PlanRequest request, TrainingPlan plan, bool memoryBinds)
    {
        var notes = new List<string>();
        if (request.Forecast.Fit is null && plan.Flop < LawHoldsFromFlop)
        {
            notes.Add(string.Create(CultureInfo.InvariantCulture, $"the published law was fitted to runs of about {LawHoldsFromFlop:0e+0} FLOP and more; {plan.Flop:0.0e+0} is far below: take the loss as a direction, not a figure, and let plans fit your own runs"));
        }

        if (plan.Loss > Math.Log(plan.Shape.VocabularySize))
        {
            notes.Add(string.Create(CultureInfo.InvariantCulture, $"the law foretells more than ln(vocabulary) = {Math.Log(plan.Shape.VocabularySize):F2}, what guessing gives: it does not hold here"));
        }

        if (memoryBinds)
        {
            notes.Add(string.Create(CultureInfo.InvariantCulture, $"a larger model would have less loss for this budget, but does not fit {request.Hardware.MemoryBytes / 1e9:0.#} GB a device (data parallel: every device holds the whole model)"));
        }

        if (request.Hardware.ProductShare is null)
        {
            notes.Add(string.Create(CultureInfo.InvariantCulture, $"{request.Hardware.Name} was not measured here: products are assumed to reach {StepTimeModel.AssumedProductShare * 100:0} % of its peak, so time, energy and cost are estimates of that quality"));
        }

        if (plan.Step.TokenFactor > 1.5)
        {
            notes.Add(string.Create(CultureInfo.InvariantCulture, $"the batch of {plan.BatchTokens:N0} tokens is beyond the critical one: a token is worth {100 / plan.Step.TokenFactor:0} % of what it is worth on one device"));
        }

        return notes;
    }

    private static string TooLittle(PlanRequest request, Candidate[] fitting)
    {
        Candidate least = request.Budget is null ? fitting.MinBy(c => c.Step.StepSeconds)! : fitting.MinBy(c => c.Step.BatchTokens * c.Shape.FlopPerToken)!;
        double flop = LeastSteps * least.Step.BatchTokens * least.Shape.FlopPerToken;
        return request.Budget is { } budget
            ? string.Create(CultureInfo.InvariantCulture, $"{budget.Flop:0.0e+0} FLOP are too little on {request.Nodes} device(s): {LeastSteps} steps of the smallest model that can be trained there take {flop:0.0e+0} FLOP.")
            : string.Create(CultureInfo.InvariantCulture, $"{request.Hours:G4} hours are too little on {request.Nodes} device(s): {LeastSteps} steps of the smallest model that can be trained there take {((LeastSteps * least.Step.StepSeconds) + least.EvaluationSeconds) / least.Step.Goodput / 3600:G3} hours.");
    }

    /// <summary>One shape and what the budget buys for it.</summary>
    private sealed record Candidate(ModelShape Shape, StepWork Work, DataParallelStep Step, double EvaluationSeconds, double MemoryBytes, long Steps, double EffectiveTokens, double Loss)
    {
        public static Candidate Of(PlanRequest request, DataParallelModel model, ModelShape shape)
        {
            ScalingLaw law = request.Forecast.Law;
            long planned = TrainingRules.BatchTokens(shape, law);
            double critical = TrainingRules.CriticalBatch(law.Loss(shape.ParameterCount, law.OptimalTokens(shape.ParameterCount)));
            // Operations are dear in a budget of operations, time in a budget of hours: only there does a batch grow that costs tokens.
            long batch = request.Budget is null ? model.FastestBatch(shape, planned, critical, request.Nodes) : planned;
            DataParallelStep step = model.Step(shape, batch, planned, critical, request.Nodes);
            StepWork work = model.WorkOf(shape, batch, request.Nodes);
            // A forward pass is a third of a training step's operations; evaluation runs on one device.
            double evaluation = Evaluations * EvaluationRows * (double)shape.ContextLength * step.ComputeSeconds / work.Tokens / 3;
            double steps = request.Budget is { } budget
                ? budget.Flop / (step.BatchTokens * shape.FlopPerToken)
                : ((request.Hours!.Value * 3600 * step.Goodput) - evaluation) / step.StepSeconds;
            long whole = (long)Math.Clamp(Math.Floor(steps), 0, 1e15);
            double tokens = whole * (double)step.BatchTokens / step.TokenFactor;
            return new Candidate(shape, work, step, evaluation, model.MemoryBytes(shape, work), whole, tokens, law.Loss(shape.ParameterCount, Math.Max(tokens, 1)));
        }
    }
}
