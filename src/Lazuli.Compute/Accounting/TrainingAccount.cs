namespace Lazuli.Compute;

/// <summary>What training took.</summary>
public sealed record TrainingAccount
{
    /// <summary>Runs that took anything.</summary>
    public required int Runs { get; init; }

    /// <summary>Tokens trained on.</summary>
    public required long Tokens { get; init; }

    /// <summary>FLOP, device-hours, energy, cost.</summary>
    public required WorkAccount Work { get; init; }

    /// <summary>FLOP by device-time, of the runs whose peak is known; null where none is.</summary>
    public required double? FlopByTime { get; init; }

    /// <summary>FLOP by count of the runs in <see cref="FlopByTime"/>.</summary>
    public required double FlopByCountWhereTimed { get; init; }

    /// <summary><see cref="FlopByCountWhereTimed"/> ÷ <see cref="FlopByTime"/>; null where one is not known or zero.</summary>
    public double? RatioCountToTime => FlopByTime > 0 && FlopByCountWhereTimed > 0 ? FlopByCountWhereTimed / FlopByTime : null;

    /// <summary>Money for a million tokens; null without tokens or prices.</summary>
    public required decimal? CostPerMillionTokens { get; init; }

    internal static TrainingAccount Of(IReadOnlyCollection<RunAccount> runs, ComputeRates rates)
    {
        RunAccount[] timed = [.. runs.Where(r => r.FlopByTime is not null)];
        return Make(
            runs.Count,
            runs.Sum(r => r.Tokens),
            WorkAccount.Sum([.. runs.Select(WorkOf)], rates),
            timed.Length > 0 ? timed.Sum(r => r.FlopByTime) : null,
            timed.Sum(r => r.FlopByCount),
            rates);
    }

    internal static TrainingAccount Sum(IReadOnlyCollection<TrainingAccount> parts, ComputeRates rates) => Make(
        parts.Sum(p => p.Runs),
        parts.Sum(p => p.Tokens),
        WorkAccount.Sum([.. parts.Select(p => p.Work)], rates),
        parts.Any(p => p.FlopByTime is not null) ? parts.Sum(p => p.FlopByTime ?? 0) : null,
        parts.Sum(p => p.FlopByCountWhereTimed),
        rates);

    private static TrainingAccount Make(int runs, long tokens, WorkAccount work, double? flopByTime, double flopByCountWhereTimed, ComputeRates rates) => new()
    {
        Runs = runs,
        Tokens = tokens,
        Work = work,
        FlopByTime = flopByTime,
        FlopByCountWhereTimed = flopByCountWhereTimed,
        CostPerMillionTokens = rates.CostPerMillion(work, tokens),
    };

    private static WorkAccount WorkOf(RunAccount run) => new()
    {
        Flop = run.FlopByCount,
        DeviceSeconds = run.DeviceSeconds,
        EnergyWattHours = run.EnergyWattHours,
        MeasuredWattHours = run.IsEnergyMeasured ? run.EnergyWattHours : 0,
        Cost = run.Cost,
    };
}
