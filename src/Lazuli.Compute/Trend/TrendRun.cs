namespace Lazuli.Compute;

/// <summary>A training run of the viewer's own, to stand beside the field's.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Date">When it ended or last moved.</param>
/// <param name="FlopByCount">Method 1: operations counted from the network's shape and the tokens seen; null when not known.</param>
/// <param name="FlopByTime">Method 2: device time × peak × assumed utilisation; null when not known.</param>
public sealed record TrendRun(string Name, DateOnly Date, double? FlopByCount, double? FlopByTime)
{
    /// <summary>The value to draw: the counted one where there is one.</summary>
    public double? Flop => IsUsable(FlopByCount) ? FlopByCount : IsUsable(FlopByTime) ? FlopByTime : null;

    /// <summary>Method 2 over Method 1; null without both.</summary>
    public double? Ratio => IsUsable(FlopByCount) && IsUsable(FlopByTime) ? FlopByTime / FlopByCount : null;

    private static bool IsUsable(double? flop) => flop is > 0 and < double.PositiveInfinity;
}
