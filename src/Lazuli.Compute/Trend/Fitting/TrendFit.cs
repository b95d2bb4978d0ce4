namespace Lazuli.Compute;

/// <summary>A line through log10 of compute against the decimal year of publication, by ordinary least squares.</summary>
public sealed record TrendFit
{
    /// <summary>Name of the table.</summary>
    public required string DataSet { get; init; }

    /// <summary>Digest of the table: the same digest and query give the same result, whatever tables come later.</summary>
    public required string Digest { get; init; }

    /// <summary>What the table counts.</summary>
    public required ComputeScope Scope { get; init; }

    /// <summary>What was asked.</summary>
    public required TrendQuery Query { get; init; }

    /// <summary>The systems fitted, by date.</summary>
    public required IReadOnlyList<ComputeEstimate> Fitted { get; init; }

    /// <summary>Growth in orders of magnitude (factors of ten) a year.</summary>
    public required double OrdersPerYear { get; init; }

    /// <summary>log10 of the line's FLOP at <see cref="MeanYear"/>.</summary>
    public required double MeanLog10Flop { get; init; }

    /// <summary>Mean decimal year of the fitted systems.</summary>
    public required double MeanYear { get; init; }

    /// <summary>Share of the variance of log10 FLOP that the line explains.</summary>
    public required double RSquared { get; init; }

    /// <summary>The 95 % interval of the doubling time; null when too few resamples were usable.</summary>
    public required DoublingInterval? Interval { get; init; }

    /// <summary>From the earliest fitted system to the one of most compute.</summary>
    public required EndPoints Ends { get; init; }

    /// <summary>Months in which compute doubles along the line; infinite when it does not grow.</summary>
    public double DoublingMonths => DoublingTime.FromOrdersPerYear(OrdersPerYear);

    /// <summary>FLOP on the line at a decimal year.</summary>
    public double FlopAt(double decimalYear) => Math.Pow(10, MeanLog10Flop + (OrdersPerYear * (decimalYear - MeanYear)));
}
