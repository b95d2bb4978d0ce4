namespace Lazuli.Compute;

/// <summary>What some work took: the figures that training and serving share.</summary>
public sealed record WorkAccount
{
    private const double SecondsPerHour = 3600;

    /// <summary>FLOP by count.</summary>
    public required double Flop { get; init; }

    /// <summary><see cref="Flop"/> in petaflop/s-days.</summary>
    public double PetaflopDays => Compute.PetaflopDays.FromFlop(Flop);

    /// <summary>Devices × seconds at work.</summary>
    public required double DeviceSeconds { get; init; }

    /// <summary>Devices × hours at work.</summary>
    public double DeviceHours => DeviceSeconds / SecondsPerHour;

    /// <summary>Watt-hours.</summary>
    public required double EnergyWattHours { get; init; }

    /// <summary>The measured part of <see cref="EnergyWattHours"/>; the rest is estimated.</summary>
    public required double MeasuredWattHours { get; init; }

    /// <summary>Money; null where no price is set.</summary>
    public required decimal? Cost { get; init; }

    /// <summary>The sum; cost is null where a part's is.</summary>
    internal static WorkAccount Sum(IReadOnlyCollection<WorkAccount> parts, ComputeRates rates) => new()
    {
        Flop = parts.Sum(p => p.Flop),
        DeviceSeconds = parts.Sum(p => p.DeviceSeconds),
        EnergyWattHours = parts.Sum(p => p.EnergyWattHours),
        MeasuredWattHours = parts.Sum(p => p.MeasuredWattHours),
        Cost = parts.Aggregate(rates.Cost(0, 0), (sum, part) => sum + part.Cost),
    };
}
