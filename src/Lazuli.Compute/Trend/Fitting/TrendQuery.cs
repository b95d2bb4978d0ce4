namespace Lazuli.Compute;

/// <summary>What to fit, and how its interval is drawn.</summary>
public sealed record TrendQuery
{
    /// <summary>Which systems count.</summary>
    public required FrontierRule Rule { get; init; }

    /// <summary>The window's first instant as a decimal year; null for the table's beginning.</summary>
    public double? From { get; init; }

    /// <summary>The instant, as a decimal year, before which a system must have come out; null for no end.</summary>
    public double? To { get; init; }

    /// <summary>Where the history begins that decides what is a record, as a decimal year; null for the table's beginning.</summary>
    public double? HistoryFrom { get; init; }

    /// <summary>Doubt about each value: every resampled point is moved by a factor drawn uniformly in log10 between 1/this and this.</summary>
    /// <value>Default 1, which moves nothing.</value>
    public double NoiseFactor { get; init; } = 1;

    /// <summary>Bootstrap resamples.</summary>
    /// <value>Default 1,000.</value>
    public int Resamples { get; init; } = 1_000;

    /// <summary>Seed of the resampling; the same seed gives the same interval everywhere.</summary>
    /// <value>Default 1.</value>
    public ulong Seed { get; init; } = 1;
}
