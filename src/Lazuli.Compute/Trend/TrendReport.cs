namespace Lazuli.Compute;

/// <summary>Everything that the trend's table, chart and documents show, from one calculation.</summary>
public sealed record TrendReport
{
    /// <summary>The tables shown.</summary>
    public required IReadOnlyList<ComputeDataSet> DataSets { get; init; }

    /// <summary>Every line asked for, or why there is none.</summary>
    public required IReadOnlyList<FitOutcome> Outcomes { get; init; }

    /// <summary>The lines of the chart.</summary>
    public required IReadOnlyList<TrendFit> Drawn { get; init; }

    /// <summary>What was said of the trend, each by its name, beside what the points say.</summary>
    public required IReadOnlyList<TrendClaim> Claims { get; init; }

    /// <summary>The line through the fifteen modern systems of "AI and Compute", whatever tables are shown.</summary>
    public required TrendFit Refit { get; init; }

    /// <summary>What others found, to set the lines beside.</summary>
    public required IReadOnlyList<PublishedTrend> Published { get; init; }

    /// <summary>What the claims foretold for today, beside what happened.</summary>
    public required TrendProspect Prospect { get; init; }

    /// <summary>Systems that two shown tables give different compute; null unless two tables are shown.</summary>
    public required IReadOnlyList<TableDifference>? Differences { get; init; }

    /// <summary>The viewer's own runs.</summary>
    public required IReadOnlyList<TrendRun> Runs { get; init; }

    /// <summary>The day that counts as today.</summary>
    public required DateOnly Today { get; init; }

    /// <summary>What a reader must know before trusting the lines: tables of different scope, selections, unknown scope.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }
}
