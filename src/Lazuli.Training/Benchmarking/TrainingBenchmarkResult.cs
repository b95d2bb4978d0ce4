using Lazuli.Numerics;

namespace Lazuli.Training;

/// <summary>What a training benchmark found; figures are medians over the undisturbed steps, or over all where <see cref="IsDisturbed"/>.</summary>
/// <param name="Recipe">Name of the recipe.</param>
/// <param name="Backend">Name and instruction tier of the backend.</param>
/// <param name="Threads">Threads used.</param>
/// <param name="TokensPerStep">Tokens of a step.</param>
/// <param name="FlopPerStep">FLOP of a step by formula.</param>
/// <param name="FlopConvention">The formula.</param>
/// <param name="TimedSteps">Steps that stood between sound slices of the peak.</param>
/// <param name="DisturbedSteps">Steps dropped because others used the machine.</param>
/// <param name="TokensPerSecond">Tokens a second.</param>
/// <param name="Gflops">GFLOP/s by formula.</param>
/// <param name="PeakGflops">Fused-multiply-add peak in GFLOP/s around those steps.</param>
/// <param name="PeakShare">Share of the peak, step by step.</param>
/// <param name="SecondsPerStep">Seconds of a step.</param>
/// <param name="ForwardShare">Share of the time in the forward pass.</param>
/// <param name="HeadShare">Share of the time in head and loss, both ways.</param>
/// <param name="BackwardShare">Share of the time in the backward pass.</param>
/// <param name="OptimizerShare">Share of the time in clipping and update.</param>
/// <param name="PeakResidentBytes">Most memory the process had, everything counted.</param>
public sealed record TrainingBenchmarkResult(
    string Recipe, string Backend, int Threads, long TokensPerStep, double FlopPerStep, string FlopConvention, int TimedSteps, int DisturbedSteps,
    double TokensPerSecond, double Gflops, double PeakGflops, double PeakShare, double SecondsPerStep,
    double ForwardShare, double HeadShare, double BackwardShare, double OptimizerShare, long PeakResidentBytes)
{
    /// <summary>Whether no step at all was undisturbed; the figures then say more about the machine's other users than about the code.</summary>
    public bool IsDisturbed => TimedSteps == 0;

    internal static TrainingBenchmarkResult Of(
        Recipe recipe, IBackend backend, long tokens, double flop, IReadOnlyList<BenchmarkWindow> all, IReadOnlyList<BenchmarkWindow> undisturbed, long peakBytes)
    {
        IReadOnlyList<BenchmarkWindow> kept = undisturbed.Count > 0 ? undisturbed : all;
        double seconds = Median(kept, w => w.Seconds);
        return new TrainingBenchmarkResult(
            recipe.Name, $"{backend.Name}, {backend.Tier}", backend.ThreadCount, tokens, flop, TrainingFlop.Convention, undisturbed.Count, all.Count - undisturbed.Count,
            tokens / seconds, Median(kept, w => w.Gflops), Median(kept, w => (w.PeakBeforeGflops + w.PeakAfterGflops) / 2), Median(kept, w => w.PeakShare), seconds,
            Median(kept, w => w.ForwardSeconds / w.Seconds), Median(kept, w => w.HeadSeconds / w.Seconds),
            Median(kept, w => w.BackwardSeconds / w.Seconds), Median(kept, w => w.OptimizerSeconds / w.Seconds), peakBytes);
    }

    private static double Median(IReadOnlyList<BenchmarkWindow> windows, Func<BenchmarkWindow, double> value)
    {
        double[] values = [.. windows.Select(value).Order()];
        return (values[(values.Length - 1) / 2] + values[values.Length / 2]) / 2;
    }
}
