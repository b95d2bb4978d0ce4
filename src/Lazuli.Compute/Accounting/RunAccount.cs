namespace Lazuli.Compute;

/// <summary>The account of one training run, for all of it or for a month. <see cref="ComputeDefinitions"/> says what each figure means.</summary>
public sealed record RunAccount
{
    private const double JoulesPerWattHour = 3600;
    private const double SecondsPerHour = 3600;

    /// <summary>Id of the run.</summary>
    public required string Id { get; init; }

    /// <summary>The project that it is counted to.</summary>
    public required string Project { get; init; }

    /// <summary>Name of its recipe.</summary>
    public required string Recipe { get; init; }

    /// <summary>running, finished, stopped or failed.</summary>
    public required string Status { get; init; }

    /// <summary>When it began.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>When it last said something.</summary>
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>Tokens trained on.</summary>
    public required long Tokens { get; init; }

    /// <summary>FLOP by counting operations.</summary>
    public required double FlopByCount { get; init; }

    /// <summary>The convention of the count.</summary>
    public required string FlopConvention { get; init; }

    /// <summary>FLOP by device-time × peak × assumed utilisation; null where the peak is not known.</summary>
    public required double? FlopByTime { get; init; }

    /// <summary>The utilisation assumed in <see cref="FlopByTime"/>.</summary>
    public required double AssumedUtilisation { get; init; }

    /// <summary><see cref="FlopByCount"/> ÷ <see cref="FlopByTime"/>; null where one of them is not known or zero.</summary>
    public required double? RatioCountToTime { get; init; }

    /// <summary><see cref="FlopByCount"/> in petaflop/s-days.</summary>
    public double PetaflopDays => Compute.PetaflopDays.FromFlop(FlopByCount);

    /// <summary>Model FLOP utilisation, 0 to 1; null where the peak is not known.</summary>
    public required double? ModelFlopUtilisation { get; init; }

    /// <summary>Seconds of training.</summary>
    public required double Seconds { get; init; }

    /// <summary>Devices × seconds that they were held.</summary>
    public required double DeviceSeconds { get; init; }

    /// <summary>Devices × hours that they were held.</summary>
    public double DeviceHours => DeviceSeconds / SecondsPerHour;

    /// <summary>FLOP that the devices could have done in that time, by measured peaks; null where one is not known.</summary>
    public required double? PeakFlop { get; init; }

    /// <summary>Watt-hours.</summary>
    public required double EnergyWattHours { get; init; }

    /// <summary>How energy is known.</summary>
    public required string EnergySource { get; init; }

    /// <summary>Whether energy was measured.</summary>
    public required bool IsEnergyMeasured { get; init; }

    /// <summary>Money; null where no price is set.</summary>
    public required decimal? Cost { get; init; }

    /// <summary>What a reader should know about the figures.</summary>
    public required IReadOnlyList<string> Notes { get; init; }

    /// <summary>The account of the whole run.</summary>
    /// <exception cref="ArgumentException">The facts hold a figure that cannot be true.</exception>
    public static RunAccount Of(RunFacts run, ComputeRates rates) => Of(run, run.UsedBefore(DateTimeOffset.MaxValue), rates);

    /// <summary>The account of what the run took in <paramref name="month"/>.</summary>
    /// <exception cref="ArgumentException">The facts hold a figure that cannot be true.</exception>
    public static RunAccount Of(RunFacts run, CalendarMonth month, ComputeRates rates) => Of(run, run.UsedIn(month), rates);

    private static RunAccount Of(RunFacts run, ComputeUse use, ComputeRates rates)
    {
        Check(run);
        double? most = run.IsPeakKnown ? use.PeakFlop : null;
        double? byTime = most * rates.AssumedUtilisation;
        var account = new RunAccount
        {
            Id = run.Id,
            Project = run.Project,
            Recipe = run.Recipe,
            Status = run.Status,
            StartedAt = run.StartedAt,
            UpdatedAt = run.UpdatedAt,
            Tokens = use.Tokens,
            FlopByCount = use.Flop,
            FlopConvention = run.FlopConvention,
            FlopByTime = byTime,
            AssumedUtilisation = rates.AssumedUtilisation,
            RatioCountToTime = use.Flop > 0 && byTime > 0 ? use.Flop / byTime : null,
            ModelFlopUtilisation = most > 0 ? use.Flop / most : null,
            Seconds = use.Seconds,
            DeviceSeconds = use.DeviceSeconds,
            PeakFlop = most,
            EnergyWattHours = use.EnergyJoules / JoulesPerWattHour,
            EnergySource = run.EnergySource,
            IsEnergyMeasured = run.IsEnergyMeasured,
            Cost = null,
            Notes = run.Notes,
        };
        return account with { Cost = rates.Cost(account.DeviceHours, account.EnergyWattHours) };
    }

    private static void Check(RunFacts run)
    {
        if (!run.Used.IsSound || run.History.Any(p => !p.Use.IsSound))
        {
            throw new ArgumentException($"Run {run.Id} has a figure that is negative, not finite or absurd: {run.Used}.", nameof(run));
        }
    }
}
