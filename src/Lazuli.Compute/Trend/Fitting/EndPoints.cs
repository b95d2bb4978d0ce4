namespace Lazuli.Compute;

/// <summary>Growth between two systems, without any line: what the article's "300,000 times" is.</summary>
/// <param name="From">The earlier system.</param>
/// <param name="To">The later system.</param>
public sealed record EndPoints(ComputeEstimate From, ComputeEstimate To)
{
    /// <summary>How many times the earlier system's compute the later one took.</summary>
    public double Ratio => To.Flop / From.Flop;

    /// <summary>Months between the two.</summary>
    public double Months => (To.Date.DecimalYear - From.Date.DecimalYear) * DoublingTime.MonthsPerYear;

    /// <summary>Doublings between the two.</summary>
    public double Doublings => Math.Log2(Ratio);

    /// <summary>Months a doubling, had growth been even; infinite when it did not grow.</summary>
    public double DoublingMonths => Doublings > 0 ? Months / Doublings : double.PositiveInfinity;
}
