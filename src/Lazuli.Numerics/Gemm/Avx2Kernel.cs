using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Lazuli.Numerics;

/// <summary>6 × 16 tile for AVX2 with FMA: 12 accumulators, two vectors of b and one broadcast fill 15 of 16 registers.</summary>
/// <remarks>Twelve independent chains cover the FMA latency of 4 cycles at 2 a cycle (8 are needed); 8 loads per 12 FMAs stay under 2 loads a cycle.</remarks>
internal readonly unsafe struct Avx2Kernel : IMicroKernel
{
    /// <summary>Terms between two fetches; divides the blocks of <see cref="LeftLayout"/>.</summary>
    private const int TermsOfFetch = 16;

    public static int Rows => 6;

    public static int Columns => 16;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply(float* a, LeftLayout* layout, int rows, float* b, nint ahead, nint depth, float* c, nint cRow, bool add, float* bias)
    {
        nint row = layout->Row;
        float* a0 = a;
        float* a1 = rows > 1 ? a + row : a;
        float* a2 = rows > 2 ? a + (2 * row) : a;
        float* a3 = rows > 3 ? a + (3 * row) : a;
        float* a4 = rows > 4 ? a + (4 * row) : a;
        float* a5 = rows > 5 ? a + (5 * row) : a;
        PrefetchTile(c, cRow);

        Vector256<float> c00 = default, c01 = default, c10 = default, c11 = default, c20 = default, c21 = default;
        Vector256<float> c30 = default, c31 = default, c40 = default, c41 = default, c50 = default, c51 = default;
        nint step = layout->Step;
        nint i = 0;
        nint block = ahead == 0 ? layout->Block : Math.Min(layout->Block, TermsOfFetch);
        while (depth > 0)
        {
            nint count = Math.Min(depth, block);
            depth -= count;
            if (ahead != 0)
            {
                PrefetchPanel(b + ahead);
            }

            do
            {
                Vector256<float> b0 = Vector256.Load(b);
                Vector256<float> b1 = Vector256.Load(b + 8);
                Vector256<float> v = Avx.BroadcastScalarToVector256(a0 + i);
                c00 = Fma.MultiplyAdd(v, b0, c00);
                c01 = Fma.MultiplyAdd(v, b1, c01);
                v = Avx.BroadcastScalarToVector256(a1 + i);
                c10 = Fma.MultiplyAdd(v, b0, c10);
                c11 = Fma.MultiplyAdd(v, b1, c11);
                v = Avx.BroadcastScalarToVector256(a2 + i);
                c20 = Fma.MultiplyAdd(v, b0, c20);
                c21 = Fma.MultiplyAdd(v, b1, c21);
                v = Avx.BroadcastScalarToVector256(a3 + i);
                c30 = Fma.MultiplyAdd(v, b0, c30);
                c31 = Fma.MultiplyAdd(v, b1, c31);
                v = Avx.BroadcastScalarToVector256(a4 + i);
                c40 = Fma.MultiplyAdd(v, b0, c40);
                c41 = Fma.MultiplyAdd(v, b1, c41);
                v = Avx.BroadcastScalarToVector256(a5 + i);
                c50 = Fma.MultiplyAdd(v, b0, c50);
                c51 = Fma.MultiplyAdd(v, b1, c51);
                b += 16;
                i += step;
            }
            while (--count != 0);
            i += layout->Jump;
        }

        Store(c, c00, c01, add, bias);
        Store(c + cRow, c10, c11, add, bias);
        Store(c + (2 * cRow), c20, c21, add, bias);
        Store(c + (3 * cRow), c30, c31, add, bias);
        Store(c + (4 * cRow), c40, c41, add, bias);
        Store(c + (5 * cRow), c50, c51, add, bias);
    }

    /// <summary>Asks for the next panel's lines of as many terms as are multiplied meanwhile.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void PrefetchPanel(float* next)
    {
        for (int p = 0; p < TermsOfFetch; p++)
        {
            Sse.Prefetch1(next + (16 * p));
        }
    }

    /// <summary>Asks for the lines of c now, so that they have come when the sums are done.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void PrefetchTile(float* c, nint cRow)
    {
        Sse.Prefetch0(c);
        Sse.Prefetch0(c + 15);
        Sse.Prefetch0(c + cRow);
        Sse.Prefetch0(c + cRow + 15);
        Sse.Prefetch0(c + (2 * cRow));
        Sse.Prefetch0(c + (2 * cRow) + 15);
        c += 3 * cRow;
        Sse.Prefetch0(c);
        Sse.Prefetch0(c + 15);
        Sse.Prefetch0(c + cRow);
        Sse.Prefetch0(c + cRow + 15);
        Sse.Prefetch0(c + (2 * cRow));
        Sse.Prefetch0(c + (2 * cRow) + 15);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(float* c, Vector256<float> low, Vector256<float> high, bool add, float* bias)
    {
        if (add)
        {
            low = Vector256.Load(c) + low;
            high = Vector256.Load(c + 8) + high;
        }

        if (bias != null)
        {
            low += Vector256.Load(bias);
            high += Vector256.Load(bias + 8);
        }

        low.Store(c);
        high.Store(c + 8);
    }
}
