namespace Lazuli.Compute;

/// <summary>What to show of the trend.</summary>
public sealed record TrendRequest
{
    /// <summary>The tables to show, each by itself.</summary>
    public required IReadOnlyList<ComputeDataSet> DataSets { get; init; }

    /// <summary>The day that counts as today.</summary>
    public required DateOnly Today { get; init; }

    /// <summary>One rule for all tables; null lists every rule and draws each table's natural one.</summary>
    public FrontierRule? Rule { get; init; }

    /// <summary>The window's first instant as a decimal year; null with <see cref="To"/> for the usual windows.</summary>
    public double? From { get; init; }

    /// <summary>The instant, as a decimal year, before which a system must have come out.</summary>
    public double? To { get; init; }

    /// <summary>Where the history begins that decides what is a record; null for each table's beginning.</summary>
    public double? HistoryFrom { get; init; }

    /// <summary>Doubt about each value as a factor; 1 for none.</summary>
    public double NoiseFactor { get; init; } = 1;

    /// <summary>Seed of the intervals.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>The viewer's own runs.</summary>
    public IReadOnlyList<TrendRun> Runs { get; init; } = [];
}
