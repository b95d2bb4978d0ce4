using System.Globalization;
using Lazuli.Compute;

namespace Lazuli.Cli;

/// <summary>A plan as text: every figure with its unit, and what it means under the tables.</summary>
internal static class PlanPage
{
    private static readonly CultureInfo s_invariant = CultureInfo.InvariantCulture;

    public static void Write(Terminal terminal, PlanRequest[] requests, TrainingPlan[] plans, IReadOnlyList<ScalingPoint> scaling, IReadOnlyList<StepComparison> steps)
    {
        if (plans.Length > 1)
        {
            terminal.Data.WriteLine("devices compared; the first is shown in full");
            terminal.WriteTable(
                ["device", "parameters", "tokens", "FLOP", "loss (nats/token)", "share of peak", "time", "energy (kWh)", "cost"],
                plans.Select(p => (string[])[p.Hardware.Name, Count(p.Shape.ParameterCount), Count(p.Tokens), Exp(p.Flop), F3(p.Loss), Percent(p.PeakShare), Time(p.Seconds), Energy(p), Cost(p)]));
            terminal.Data.WriteLine();
        }

        TrainingPlan plan = plans[0];
        terminal.WriteTable(["", ""], Rows(requests[0], plan));
        WriteAlternatives(terminal, requests[0], plan);
        WriteScaling(terminal, requests[0], scaling);
        WriteSteps(terminal, steps);
        WriteNotes(terminal, "notes", plan.Notes);
        ComputeRuns.WriteDefinitions(terminal, PlanDefinitions.All);
    }

    private static IEnumerable<string[]> Rows(PlanRequest request, TrainingPlan p)
    {
        ModelShape s = p.Shape;
        yield return ["budget", request.Budget is { } budget ? string.Create(s_invariant, $"{Exp(budget.Flop)} FLOP = {Exp(budget.PfsDays)} petaflop/s-days") : string.Create(s_invariant, $"{request.Hours:G4} hours")];
        yield return ["device", string.Create(s_invariant, $"{p.Nodes} × {p.Hardware.Name} ({ComputeHardware.StatusName(p.Hardware.Status)}{(p.Hardware.MeasuredAt is { } at ? $" {at:u}" : "")}), peak {p.Hardware.TrainingPeak / 1e9:N1} GFLOP/s {ComputeHardware.TypeName(p.Hardware.TrainingType)} each")];
        yield return ["parameters", string.Create(s_invariant, $"{s.ParameterCount:N0}: {s.Layers} layers, {s.Width} wide, {s.Heads} heads of {s.HeadSize}, feed-forward {s.FeedForwardWidth}, vocabulary {s.VocabularySize:N0}, rows of {s.ContextLength} tokens")];
        yield return ["tokens", string.Create(s_invariant, $"{p.Tokens:N0} ({(double)p.Tokens / s.ParameterCount:F1} a parameter)")];
        yield return ["FLOP", string.Create(s_invariant, $"{Exp(p.Flop)} = {Exp(PetaflopDays.FromFlop(p.Flop))} petaflop/s-days; {Exp(s.FlopPerToken)} a token")];
        yield return ["batch", string.Create(s_invariant, $"{p.BatchTokens:N0} tokens a step, {p.RowsPerPass} rows a pass and device; {p.Steps:N0} steps")];
        yield return ["learning rate", string.Create(s_invariant, $"{p.LearningRate:G3} (AdamW, β 0.9, 0.95, weight decay 0.1); warm-up {p.WarmupSteps:N0} steps, flat, 1−√r decay over the last 20 %")];
        yield return ["expected loss", string.Create(s_invariant, $"{p.Loss:F3} nats/token, 95 % interval {p.LossLow:F3} to {p.LossHigh:F3}")];
        yield return ["law", request.Forecast.Basis];
        yield return ["step", string.Create(s_invariant, $"{Time(p.Step.StepSeconds)}, {Percent(p.PeakShare)} of the peak; {p.Step.TokensPerSecond:N0} tokens/s")];
        yield return ["time", string.Create(s_invariant, $"{Time(p.Seconds)}, evaluations ({Time(p.EvaluationSeconds)}) included, data preparation not")];
        yield return ["memory", string.Create(s_invariant, $"{p.MemoryBytes / 1e9:F2} GB a device of {p.Hardware.MemoryBytes / 1e9:F1} GB")];
        yield return ["energy", p.EnergyWattHours is null ? "not known: the profile has no power" : string.Create(s_invariant, $"{Energy(p)} kWh (estimate: {p.Hardware.Watts:G4} W a device, {p.Hardware.WattsSource})")];
        yield return ["cost", p.Cost is null ? "not known: neither the profile nor the settings (Compute:PricePerDeviceHour, Compute:PricePerKilowattHour) have a price" : Cost(p)];
    }

    private static void WriteAlternatives(Terminal terminal, PlanRequest request, TrainingPlan plan)
    {
        terminal.Data.WriteLine();
        terminal.Data.WriteLine($"alternatives at equal {(request.Budget is null ? "time" : "FLOP")}");
        terminal.WriteTable(
            ["parameters", "layers × width", "tokens", "tokens/parameter", "loss (nats/token)", "penalty (nats)", "serving FLOP/token", "of the plan's", "time"],
            plan.Alternatives.Select(a => (string[])
            [
                Count(a.Shape.ParameterCount) + (a.Shape == plan.Shape ? " *" : ""), $"{a.Shape.Layers} × {a.Shape.Width}", Count(a.Tokens), ((double)a.Tokens / a.Shape.ParameterCount).ToString("F1", s_invariant),
                F3(a.Loss), a.LossPenalty.ToString("F3", s_invariant), Exp(a.Shape.ServingFlopPerToken), a.ServingRatio.ToString("F2", s_invariant) + "×", Time(a.Seconds),
            ]));
    }

    private static void WriteScaling(Terminal terminal, PlanRequest request, IReadOnlyList<ScalingPoint> scaling)
    {
        if (scaling.Count == 0)
        {
            return;
        }

        terminal.Data.WriteLine();
        terminal.Data.WriteLine($"simulation: the same loss on more devices, {request.Hardware.Name}, {request.Network.Name} between hosts");
        terminal.WriteTable(
            ["devices", "batch (tokens)", "step", "all-reduce", "exposed", "waiting", "goodput", "checkpoint every", "tokens needed", "time", "efficiency"],
            scaling.Select(p => (string[])
            [
                p.Step.Nodes.ToString("N0", s_invariant), Count(p.Step.BatchTokens), Time(p.Step.StepSeconds), Time(p.Step.AllReduceSeconds), Percent(p.Step.ExposedSeconds / p.Step.StepSeconds),
                Percent(p.Step.StragglerSeconds / p.Step.StepSeconds), Percent(p.Step.Goodput), Time(p.Step.CheckpointIntervalSeconds), p.Step.TokenFactor.ToString("F2", s_invariant) + "×", Time(p.Seconds), Percent(p.Efficiency),
            ]));
        WriteNotes(terminal, "assumptions of the simulation", request.Assumptions.Describe());
    }

    private static void WriteSteps(Terminal terminal, IReadOnlyList<StepComparison> steps)
    {
        if (steps.Count == 0)
        {
            return;
        }

        terminal.Data.WriteLine();
        terminal.Data.WriteLine("step time, predicted and measured, in this home's finished runs (at the peak measured with each run)");
        terminal.WriteTable(
            ["run", "peak (GFLOP/s)", "predicted", "measured", "predicted share", "measured share", "error"],
            steps.Select(s => (string[])
            [
                s.Name, (s.Peak / 1e9).ToString("F1", s_invariant), Time(s.PredictedSeconds), Time(s.MeasuredSeconds), Percent(s.PredictedShare), Percent(s.MeasuredShare), (s.Error * 100).ToString("+0.0;-0.0", s_invariant) + " %",
            ]));
    }

    private static void WriteNotes(Terminal terminal, string title, IReadOnlyList<string> notes)
    {
        if (notes.Count == 0)
        {
            return;
        }

        terminal.Data.WriteLine();
        terminal.Data.WriteLine(title);
        foreach (string note in notes)
        {
            terminal.Data.WriteLine("  " + note);
        }
    }

    /// <summary>Seconds in the unit that reads best.</summary>
    public static string Time(double seconds) => seconds switch
    {
        < 1e-3 => string.Create(s_invariant, $"{seconds * 1e6:G3} µs"),
        < 1 => string.Create(s_invariant, $"{seconds * 1e3:G3} ms"),
        < 120 => string.Create(s_invariant, $"{seconds:G3} s"),
        < 7200 => string.Create(s_invariant, $"{seconds / 60:G3} min"),
        < 172_800 => string.Create(s_invariant, $"{seconds / 3600:F1} h"),
        _ => string.Create(s_invariant, $"{seconds / 86_400:N1} days"),
    };

    private static string Count(double n) => n switch
    {
        >= 1e12 => string.Create(s_invariant, $"{n / 1e12:G4} T"),
        >= 1e9 => string.Create(s_invariant, $"{n / 1e9:G4} G"),
        >= 1e6 => string.Create(s_invariant, $"{n / 1e6:G4} M"),
        _ => string.Create(s_invariant, $"{n:N0}"),
    };

    private static string Energy(TrainingPlan p) => p.EnergyWattHours is { } wattHours ? (wattHours / 1000).ToString("#,##0.####", s_invariant) : "-";

    private static string Cost(TrainingPlan p) => p.Cost is { } cost ? string.Create(s_invariant, $"{cost:N4} {p.Currency}") : "-";

    private static string Exp(double value) => value.ToString("0.000e+0", s_invariant);

    private static string F3(double value) => value.ToString("F3", s_invariant);

    private static string Percent(double share) => (share * 100).ToString("F1", s_invariant) + " %";
}
