namespace Lazuli.Compute;

/// <summary>What every figure of the trend means, one line each.</summary>
public static class TrendDefinitions
{
    /// <summary>Name, unit and meaning.</summary>
    public static IReadOnlyList<string> Lines { get; } =
    [
        "FLOP: operations of training, an addition and a multiplication each counted, at any precision",
        "pfs-days: petaflop/s-days, 8.64e19 FLOP each",
        "months: the time in which compute doubles along a least-squares line of log10 FLOP on the decimal year of publication; a month is 365.25/12 days",
        "95 %: the doubling times at the 97.5 % and 2.5 % quantiles of the slopes of 1,000 seeded resamples with replacement; resamples with fewer than 3 distinct points are left out; ∞ where no growth cannot be ruled out",
        "OOM/year: orders of magnitude (factors of ten) a year: the slope of the line",
        "R²: share of the variance of log10 FLOP that the line explains",
        "n: systems fitted",
        "ratio: compute of the largest fitted system over that of the earliest, no line involved; ratio's months: the doubling time, had growth between these two been even",
        "window: from its first moment up to, not including, its last",
        "rule records: systems that took more compute than all before them in the table; top10: among the ten of most compute when they came out; all: every system",
        "scope: what the table counts as training compute; lines are fitted within one table only",
        "FLOP by count: method 1, counted from the network's shape and tokens; FLOP by time: method 2, device time × peak × assumed utilisation",
    ];
}
