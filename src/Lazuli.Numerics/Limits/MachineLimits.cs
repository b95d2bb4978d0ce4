using System.Diagnostics;

namespace Lazuli.Numerics;

/// <summary>Measures what the machine can do at most, with the threads of a backend: the figures every share of a limit refers to.</summary>
/// <remarks>Slices are short, so that they can be taken right before and after the work they are compared with.</remarks>
public static unsafe class MachineLimits
{
    /// <summary>Single-precision multiply-adds in registers on all threads of the backend, in GFLOP/s (1e9 operations a second; a fused multiply-add counts two).</summary>
    /// <param name="backend">Whose threads to use.</param>
    /// <param name="sliceMilliseconds">How long to measure.</param>
    public static double MeasureFmaSlice(CpuBackend backend, double sliceMilliseconds = 20)
    {
        ArgumentNullException.ThrowIfNull(backend);
        int threads = backend.ThreadCount;
        FmaPeakJob.Slot* slots = stackalloc FmaPeakJob.Slot[threads];
        new Span<FmaPeakJob.Slot>(slots, threads).Clear();
        var job = new FmaPeakJob(slots, threads, (long)(sliceMilliseconds * Stopwatch.Frequency / 1000));
        backend.Pool.Run(ref job, threads);
        long start = long.MaxValue, end = 0, flops = 0;
        for (int i = 0; i < threads; i++)
        {
            start = Math.Min(start, slots[i].Start);
            end = Math.Max(end, slots[i].End);
            flops += slots[i].Flops;
        }

        return flops / (Stopwatch.GetElapsedTime(start, end).TotalSeconds * 1e9);
    }
}
