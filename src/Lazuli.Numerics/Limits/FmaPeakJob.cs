using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Lazuli.Numerics;

/// <summary>Multiply-adds in registers until a deadline; one tile a thread. Each tile notes what it did and when.</summary>
internal readonly unsafe struct FmaPeakJob(FmaPeakJob.Slot* slots, int threads, long ticks) : ITileJob
{
    private const int RoundsOfBatch = 4096;
    private const int Chains = 12;

    public void Execute(int tile, int worker)
    {
        // Threads start together where they can; one that never comes is not waited for beyond a moment.
        Interlocked.Increment(ref slots[0].Arrived);
        long patience = Stopwatch.GetTimestamp() + (Stopwatch.Frequency / 1000);
        while (Volatile.Read(ref slots[0].Arrived) < threads && Stopwatch.GetTimestamp() < patience)
        {
            Thread.SpinWait(1);
        }

        long start = Stopwatch.GetTimestamp();
        long flops = 0;
        float sink = 0;
        do
        {
            sink += Batch(out long done);
            flops += done;
        }
        while (Stopwatch.GetTimestamp() - start < ticks);
        slots[tile].Start = start;
        slots[tile].End = Stopwatch.GetTimestamp();
        slots[tile].Flops = flops;
        slots[tile].Sink = sink;
    }

    private static float Batch(out long flops)
    {
        if (Avx512F.IsSupported)
        {
            flops = 2L * 16 * Chains * RoundsOfBatch;
            return Batch512();
        }

        if (Fma.IsSupported)
        {
            flops = 2L * 8 * Chains * RoundsOfBatch;
            return Batch256();
        }

        flops = 2L * 4 * 4 * RoundsOfBatch;
        return Batch128();
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static float Batch256()
    {
        Vector256<float> a = Vector256.Create(0.999f), b = Vector256.Create(0.001f);
        Vector256<float> c0 = a, c1 = a, c2 = a, c3 = a, c4 = a, c5 = a, c6 = a, c7 = a, c8 = a, c9 = a, c10 = a, c11 = a;
        for (int i = 0; i < RoundsOfBatch; i++)
        {
            c0 = Fma.MultiplyAdd(c0, a, b);
            c1 = Fma.MultiplyAdd(c1, a, b);
            c2 = Fma.MultiplyAdd(c2, a, b);
            c3 = Fma.MultiplyAdd(c3, a, b);
            c4 = Fma.MultiplyAdd(c4, a, b);
            c5 = Fma.MultiplyAdd(c5, a, b);
            c6 = Fma.MultiplyAdd(c6, a, b);
            c7 = Fma.MultiplyAdd(c7, a, b);
            c8 = Fma.MultiplyAdd(c8, a, b);
            c9 = Fma.MultiplyAdd(c9, a, b);
            c10 = Fma.MultiplyAdd(c10, a, b);
            c11 = Fma.MultiplyAdd(c11, a, b);
        }

        return Vector256.Sum(c0 + c1 + c2 + c3 + c4 + c5 + c6 + c7 + c8 + c9 + c10 + c11);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static float Batch512()
    {
        Vector512<float> a = Vector512.Create(0.999f), b = Vector512.Create(0.001f);
        Vector512<float> c0 = a, c1 = a, c2 = a, c3 = a, c4 = a, c5 = a, c6 = a, c7 = a, c8 = a, c9 = a, c10 = a, c11 = a;
        for (int i = 0; i < RoundsOfBatch; i++)
        {
            c0 = Avx512F.FusedMultiplyAdd(c0, a, b);
            c1 = Avx512F.FusedMultiplyAdd(c1, a, b);
            c2 = Avx512F.FusedMultiplyAdd(c2, a, b);
            c3 = Avx512F.FusedMultiplyAdd(c3, a, b);
            c4 = Avx512F.FusedMultiplyAdd(c4, a, b);
            c5 = Avx512F.FusedMultiplyAdd(c5, a, b);
            c6 = Avx512F.FusedMultiplyAdd(c6, a, b);
            c7 = Avx512F.FusedMultiplyAdd(c7, a, b);
            c8 = Avx512F.FusedMultiplyAdd(c8, a, b);
            c9 = Avx512F.FusedMultiplyAdd(c9, a, b);
            c10 = Avx512F.FusedMultiplyAdd(c10, a, b);
            c11 = Avx512F.FusedMultiplyAdd(c11, a, b);
        }

        return Vector512.Sum(c0 + c1 + c2 + c3 + c4 + c5 + c6 + c7 + c8 + c9 + c10 + c11);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static float Batch128()
    {
        Vector128<float> a = Vector128.Create(0.999f), b = Vector128.Create(0.001f);
        Vector128<float> c0 = a, c1 = a, c2 = a, c3 = a;
        for (int i = 0; i < RoundsOfBatch; i++)
        {
            c0 = (c0 * a) + b;
            c1 = (c1 * a) + b;
            c2 = (c2 * a) + b;
            c3 = (c3 * a) + b;
        }

        return Vector128.Sum(c0 + c1 + c2 + c3);
    }

    /// <summary>What one thread did.</summary>
    internal struct Slot
    {
        public int Arrived;
        public long Start;
        public long End;
        public long Flops;
        public float Sink;
    }
}
