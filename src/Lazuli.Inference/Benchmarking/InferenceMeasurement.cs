namespace Lazuli.Inference;

/// <summary>Medians over undisturbed windows of prefill or decode.</summary>
/// <param name="Parallel">Sequences that run at once.</param>
/// <param name="TokensPerSecond">Tokens a second, all sequences together.</param>
/// <param name="Gflops">1e9 operations a second, by formula.</param>
/// <param name="GigabytesPerSecond">1e9 bytes a second that had to be read.</param>
/// <param name="ReadShare">Share of the memory's read limit.</param>
/// <param name="FmaShare">Share of the multiply-add peak.</param>
/// <param name="BestReadGigabytesPerSecond">Largest read slice of these windows.</param>
/// <param name="BestFmaGflops">Largest multiply-add slice of these windows.</param>
/// <param name="Windows">Windows counted.</param>
/// <param name="Disturbed">Windows dropped because somebody else used the machine.</param>
public sealed record InferenceMeasurement(
    int Parallel,
    double TokensPerSecond,
    double Gflops,
    double GigabytesPerSecond,
    double ReadShare,
    double FmaShare,
    double BestReadGigabytesPerSecond,
    double BestFmaGflops,
    int Windows,
    int Disturbed)
{
    /// <summary>Share of the best slice below which a window's surroundings count as disturbed.</summary>
    public const double DisturbedBelow = 0.9;

    internal static List<BenchmarkWindow> Undisturbed(IReadOnlyList<BenchmarkWindow> windows)
    {
        double read = windows.Max(w => Math.Max(w.Before.ReadGigabytesPerSecond, w.After.ReadGigabytesPerSecond));
        double fma = windows.Max(w => Math.Max(w.Before.FmaGflops, w.After.FmaGflops));
        return [.. windows.Where(w => IsQuiet(w.Before) && IsQuiet(w.After))];

        bool IsQuiet(LimitSlice slice) => slice.ReadGigabytesPerSecond >= DisturbedBelow * read && slice.FmaGflops >= DisturbedBelow * fma;
    }

    internal static InferenceMeasurement Of(int parallel, IReadOnlyList<BenchmarkWindow> all)
    {
        List<BenchmarkWindow> quiet = Undisturbed(all);
        IReadOnlyList<BenchmarkWindow> windows = quiet.Count > 0 ? quiet : all; // a machine that is never quiet still gets its figures, and sees how many were dropped
        return new InferenceMeasurement(
            parallel,
            Median(windows.Select(w => w.TokensPerSecond)),
            Median(windows.Select(w => w.Flop / w.Seconds / 1e9)),
            Median(windows.Select(w => w.Bytes / w.Seconds / 1e9)),
            Median(windows.Select(w => w.ReadShare)),
            Median(windows.Select(w => w.FmaShare)),
            all.Max(w => Math.Max(w.Before.ReadGigabytesPerSecond, w.After.ReadGigabytesPerSecond)),
            all.Max(w => Math.Max(w.Before.FmaGflops, w.After.FmaGflops)),
            windows.Count,
            all.Count - quiet.Count);
    }

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        int middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
