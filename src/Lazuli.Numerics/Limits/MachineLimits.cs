using System.Diagnostics;
using System.Runtime.Intrinsics.X86;

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
        long flop = RunFma(backend, sliceMilliseconds / 1000, out double seconds);
        return flop / (seconds * 1e9);
    }

    /// <summary>Operations that all threads together did in a slice: for rates by another clock than the wall's.</summary>
    internal static long CountFmaFlop(CpuBackend backend, double sliceSeconds) => RunFma(backend, sliceSeconds, out _);

    private static long RunFma(CpuBackend backend, double sliceSeconds, out double seconds)
    {
        int threads = backend.ThreadCount;
        FmaPeakJob.Slot* slots = stackalloc FmaPeakJob.Slot[threads];
        new Span<FmaPeakJob.Slot>(slots, threads).Clear();
        var job = new FmaPeakJob(slots, threads, (long)(sliceSeconds * Stopwatch.Frequency));
        backend.Pool.Run(ref job, threads);
        long start = long.MaxValue, end = 0, flops = 0;
        for (int i = 0; i < threads; i++)
        {
            start = Math.Min(start, slots[i].Start);
            end = Math.Max(end, slots[i].End);
            flops += slots[i].Flops;
        }

        seconds = Stopwatch.GetElapsedTime(start, end).TotalSeconds;
        return flops;
    }

    /// <summary>All limits with the backend's threads; takes about two seconds and three arrays of <paramref name="arrayMegabytes"/> (1e6 bytes, rounded to 4 MiB).</summary>
    /// <param name="backend">Whose threads to use.</param>
    /// <param name="arrayMegabytes">Size of an array; well above the last-level cache.</param>
    /// <param name="repeats">Slices of each kind; the best counts.</param>
    public static MachineLimitsReport Measure(CpuBackend backend, int arrayMegabytes = 256, int repeats = 5)
    {
        ArgumentNullException.ThrowIfNull(backend);
        ArgumentOutOfRangeException.ThrowIfLessThan(arrayMegabytes, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(repeats, 1);
        int tiles = (int)Math.Max(1, arrayMegabytes * 1_000_000L / (MemoryTrafficJob.TileFloats * sizeof(float)));
        long bytes = (long)tiles * MemoryTrafficJob.TileFloats * sizeof(float);
        NativeBlock small = NativePages.Allocate(bytes, hugePages: false), a = NativePages.Allocate(bytes), b = NativePages.Allocate(bytes), c = NativePages.Allocate(bytes);
        try
        {
            Touch(backend, tiles, small, a, b, c);
            return new MachineLimitsReport(
                backend.ThreadCount,
                backend.Tier,
                Best(repeats, () => MeasureFmaSlice(backend)),
                Avx2.IsSupported ? Best(repeats, () => MeasureInt8(backend, signed: false)) : 0,
                Avx2.IsSupported ? Best(repeats, () => MeasureInt8(backend, signed: true)) : 0,
                Best(repeats, () => Traffic(backend, MemoryTraffic.ReadOneStream, tiles, 1, small, b, c)),
                Best(repeats, () => Traffic(backend, MemoryTraffic.ReadFourStreams, tiles, 1, small, b, c)),
                Best(repeats, () => Traffic(backend, MemoryTraffic.ReadOneStream, tiles, 1, a, b, c)),
                Best(repeats, () => Traffic(backend, MemoryTraffic.ReadFourStreams, tiles, 1, a, b, c)),
                Best(repeats, () => Traffic(backend, MemoryTraffic.Copy, tiles, 2, a, b, c)),
                Best(repeats, () => Traffic(backend, MemoryTraffic.Triad, tiles, 3, a, b, c)));
        }
        finally
        {
            NativePages.Free(small);
            NativePages.Free(a);
            NativePages.Free(b);
            NativePages.Free(c);
        }
    }

    private static double Best(int repeats, Func<double> slice)
    {
        double best = 0;
        for (int i = 0; i < repeats; i++)
        {
            best = Math.Max(best, slice());
        }

        return best;
    }

    /// <summary>Writes every page once: reading pages that were never written would read one shared page of zeros.</summary>
    private static void Touch(CpuBackend backend, int tiles, NativeBlock small, NativeBlock a, NativeBlock b, NativeBlock c)
    {
        new Span<float>((float*)b.Start, MemoryTrafficJob.TileFloats).Fill(1f);
        _ = Traffic(backend, MemoryTraffic.Triad, tiles, 3, b, a, c);
        _ = Traffic(backend, MemoryTraffic.Copy, tiles, 2, small, b, c);
        _ = Traffic(backend, MemoryTraffic.Copy, tiles, 2, a, b, c);
        _ = Traffic(backend, MemoryTraffic.Copy, tiles, 2, c, b, a);
    }

    internal static double Traffic(CpuBackend backend, MemoryTraffic traffic, int tiles, int passes, NativeBlock a, NativeBlock b, NativeBlock c)
    {
        float* sink = stackalloc float[tiles];
        var job = new MemoryTrafficJob(traffic, (float*)a.Start, (float*)b.Start, (float*)c.Start, sink);
        long start = Stopwatch.GetTimestamp();
        backend.Pool.Run(ref job, tiles);
        return (double)tiles * MemoryTrafficJob.TileFloats * sizeof(float) * passes / (Stopwatch.GetElapsedTime(start).TotalSeconds * 1e9);
    }

    private static double MeasureInt8(CpuBackend backend, bool signed)
    {
        int tiles = 8 * backend.ThreadCount;
        byte* operands = stackalloc byte[Int8PeakJob.OperandBytes];
        new Span<byte>(operands, Int8PeakJob.OperandBytes).Fill(3);
        long* sink = stackalloc long[tiles];
        var job = new Int8PeakJob(operands, signed, sink);
        long start = Stopwatch.GetTimestamp();
        backend.Pool.Run(ref job, tiles);
        return tiles * Int8PeakJob.OperationsOfTile(signed) / (Stopwatch.GetElapsedTime(start).TotalSeconds * 1e9);
    }
}
