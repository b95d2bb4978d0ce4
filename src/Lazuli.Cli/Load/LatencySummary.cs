namespace Lazuli.Cli;

/// <summary>Times in milliseconds. A percentile is the smallest sample that at least so many percent of the samples do not exceed.</summary>
internal sealed record LatencySummary(int Samples, double MeanMilliseconds, double P50Milliseconds, double P90Milliseconds, double P95Milliseconds, double P99Milliseconds, double MaxMilliseconds)
{
    /// <summary>Of times in seconds; null of none.</summary>
    public static LatencySummary? Of(IEnumerable<double> seconds)
    {
        double[] sorted = [.. seconds.Order()];
        return sorted.Length == 0
            ? null
            : new LatencySummary(sorted.Length, 1000 * sorted.Average(), At(sorted, 50), At(sorted, 90), At(sorted, 95), At(sorted, 99), 1000 * sorted[^1]);
    }

    private static double At(double[] sorted, int percent) => 1000 * sorted[(int)((((long)percent * sorted.Length) + 99) / 100) - 1];
}
