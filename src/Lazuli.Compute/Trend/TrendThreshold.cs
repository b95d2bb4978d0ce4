namespace Lazuli.Compute;

/// <summary>An amount of training compute that a rule of policy names.</summary>
/// <param name="Flop">Operations.</param>
/// <param name="Name">The rule, in a few words.</param>
public sealed record TrendThreshold(double Flop, string Name)
{
    /// <summary>The thresholds drawn and counted, from the lowest.</summary>
    public static IReadOnlyList<TrendThreshold> All { get; } =
    [
        new(1e23, "general-purpose model, EU guideline of 2025"),
        new(1e25, "systemic risk presumed, EU AI Act"),
        new(1e26, "to be reported, US order of 2023 (revoked 2025)"),
    ];

    /// <summary>The systems of a table that took as much or more, by date.</summary>
    public IReadOnlyList<ComputeEstimate> ReachedBy(ComputeDataSet dataSet)
    {
        ArgumentNullException.ThrowIfNull(dataSet);
        return [.. dataSet.Estimates.Where(e => e.Flop >= Flop)];
    }
}
