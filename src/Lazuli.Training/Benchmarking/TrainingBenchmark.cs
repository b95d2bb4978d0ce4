using System.Diagnostics;
using Lazuli.Models;
using Lazuli.Numerics;

namespace Lazuli.Training;

/// <summary>Times whole optimizer steps of a recipe's model on random tokens, as shares of a peak measured around each of them.</summary>
/// <remarks>
/// A step is one pass of <see cref="BatchRecipe.Rows"/> full sequences with one update, so the optimizer counts in full. Each timed step stands between two short
/// slices of the peak; where a slice fell below <see cref="DisturbedBelow"/> of the best of the run, somebody else used the machine, and the step is dropped and counted.
/// </remarks>
public sealed class TrainingBenchmark
{
    /// <summary>Share of the best peak slice below which a window is dropped.</summary>
    public const double DisturbedBelow = 0.93;

    private const int WarmupSteps = 2;

    private readonly IBackend _backend;
    private readonly Recipe _recipe;
    private readonly Func<double> _measurePeakGflops;

    /// <summary>Prepares a benchmark.</summary>
    /// <param name="backend">Runs the steps.</param>
    /// <param name="recipe">Model, rows and optimizer are taken from it.</param>
    /// <param name="measurePeakGflops">Measures the backend's fused-multiply-add peak in GFLOP/s over some milliseconds.</param>
    public TrainingBenchmark(IBackend backend, Recipe recipe, Func<double> measurePeakGflops)
    {
        _backend = backend;
        _recipe = recipe;
        _measurePeakGflops = measurePeakGflops;
    }

    /// <summary>Runs until <paramref name="steps"/> undisturbed steps are timed, or three times as many in all.</summary>
    /// <param name="steps">Steps wanted; at least 7 for a median worth showing.</param>
    /// <param name="progress">Hears of each timed step.</param>
    /// <param name="cancellationToken">Stops between steps.</param>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public TrainingBenchmarkResult Run(int steps = 7, Action<BenchmarkWindow>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(steps);
        ModelConfig model = _recipe.Model.ToConfig(_recipe.Tokenizer.VocabularySize);
        int time = model.ContextLength;
        var batch = new BatchRecipe { Tokens = (long)_recipe.Batch.Rows * time, Rows = _recipe.Batch.Rows };
        using var step = new TrainingStep(_backend, new ParameterTable(model), batch, _recipe.Optimizer, time);
        ParameterInitializer.Fill(_backend, step.Table, step.Buffers.Parameters, _recipe.Seed);
        FillTokens(step, model.VocabularySize);
        double flopPerStep = batch.Tokens * TrainingFlop.PerToken(model, time);
        for (int i = 0; i < WarmupSteps; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            step.Run(rateShare: 0.01, updateNumber: i + 1);
        }

        var windows = new List<BenchmarkWindow>();
        while (windows.Count < 3 * steps && Undisturbed(windows).Count < steps)
        {
            cancellationToken.ThrowIfCancellationRequested();
            BenchmarkWindow window = Time(step, WarmupSteps + windows.Count + 1, flopPerStep);
            windows.Add(window);
            progress?.Invoke(window);
        }

        return TrainingBenchmarkResult.Of(_recipe, _backend, batch.Tokens, flopPerStep, windows, Undisturbed(windows), PeakResidentBytes());
    }

    private BenchmarkWindow Time(TrainingStep step, int updateNumber, double flop)
    {
        double before = _measurePeakGflops();
        step.Run(rateShare: 0.01, updateNumber);
        double after = _measurePeakGflops();
        StepPhases phases = step.Phases;
        return new BenchmarkWindow(
            phases.Total.TotalSeconds, phases.Forward.TotalSeconds, phases.Head.TotalSeconds, phases.Backward.TotalSeconds, phases.Optimizer.TotalSeconds,
            flop / phases.Total.TotalSeconds / 1e9, before, after);
    }

    private static List<BenchmarkWindow> Undisturbed(IReadOnlyList<BenchmarkWindow> windows)
    {
        double best = windows.Count == 0 ? 0 : windows.Max(w => Math.Max(w.PeakBeforeGflops, w.PeakAfterGflops));
        return [.. windows.Where(w => Math.Min(w.PeakBeforeGflops, w.PeakAfterGflops) >= DisturbedBelow * best)];
    }

    /// <summary>Tokens in a fixed order that looks random, every row full.</summary>
    private static void FillTokens(TrainingStep step, int vocabulary)
    {
        for (int i = 0; i < step.Ids.Length; i++)
        {
            step.Ids[i] = (int)ShuffledOrder.RowAt(1, i / vocabulary, i % vocabulary, vocabulary);
            step.Targets[i] = (int)ShuffledOrder.RowAt(2, i / vocabulary, i % vocabulary, vocabulary);
        }
    }

    private static long PeakResidentBytes()
    {
        using Process process = Process.GetCurrentProcess();
        return process.PeakWorkingSet64;
    }
}
