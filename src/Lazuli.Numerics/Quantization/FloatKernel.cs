using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Lazuli.Numerics;

/// <summary>Dot products of float activations with weights of 16 or 32 bits: <c>y = Σ_k x[k] · w[k]</c>.</summary>
/// <remarks>
/// Order of sums, the same for one row and for many: eight lanes, each a chain of multiply-adds over ascending runs of 16 columns, in a run first one half of
/// <see cref="IFloatFormat.Widen"/> and then the other; in the end lanes i and i + 4, then i and i + 2, then the last two.
/// </remarks>
internal static unsafe class FloatKernel<TFormat>
    where TFormat : struct, IFloatFormat
{
    /// <summary>Outputs that one row streams at once: eight ascending streams of memory, eight independent chains.</summary>
    public const int StreamOutputs = 8;

    /// <summary>Outputs of a widened panel.</summary>
    public const int PanelOutputs = 12;

    /// <summary>Rows of a register tile.</summary>
    public const int TileRows = 4;

    private const int Across = 3;

    /// <summary>One row times eight rows of weights; <paramref name="x"/> is arranged and padded; from one run of 16 columns to the next a row of weights steps <paramref name="step"/> bytes; what lies from <paramref name="ahead"/> on is asked for on the way.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Stream(byte** weights, int columns, float* x, nint step, byte* ahead, float* sums)
    {
        byte* p0 = weights[0], p1 = weights[1], p2 = weights[2], p3 = weights[3], p4 = weights[4], p5 = weights[5], p6 = weights[6], p7 = weights[7];
        Vector256<float> a0 = default, a1 = default, a2 = default, a3 = default, a4 = default, a5 = default, a6 = default, a7 = default;
        nint end = columns / FloatRows.Run * step;
        nint at = 0;
        for (; at < end; at += step)
        {
            StreamPrefetch.Lines(ref ahead, 8 * FloatRows.Run * TFormat.Bytes);
            Vector256<float> first = Vector256.Load(x), second = Vector256.Load(x + 8);
            x += FloatRows.Run;
            a0 = Add(p0 + at, first, second, a0);
            a1 = Add(p1 + at, first, second, a1);
            a2 = Add(p2 + at, first, second, a2);
            a3 = Add(p3 + at, first, second, a3);
            a4 = Add(p4 + at, first, second, a4);
            a5 = Add(p5 + at, first, second, a5);
            a6 = Add(p6 + at, first, second, a6);
            a7 = Add(p7 + at, first, second, a7);
        }

        if (columns % FloatRows.Run != 0)
        {
            Vector256<float> first = Vector256.Load(x), second = Vector256.Load(x + 8);
            byte* edges = stackalloc byte[StreamOutputs * FloatRows.Run * sizeof(float)];
            int bytes = FloatRows.Run * TFormat.Bytes;
            CopyEdges(weights, at, columns % FloatRows.Run, edges);
            a0 = Add(edges, first, second, a0);
            a1 = Add(edges + bytes, first, second, a1);
            a2 = Add(edges + (2 * bytes), first, second, a2);
            a3 = Add(edges + (3 * bytes), first, second, a3);
            a4 = Add(edges + (4 * bytes), first, second, a4);
            a5 = Add(edges + (5 * bytes), first, second, a5);
            a6 = Add(edges + (6 * bytes), first, second, a6);
            a7 = Add(edges + (7 * bytes), first, second, a7);
        }

        sums[0] = Sum(a0);
        sums[1] = Sum(a1);
        sums[2] = Sum(a2);
        sums[3] = Sum(a3);
        sums[4] = Sum(a4);
        sums[5] = Sum(a5);
        sums[6] = Sum(a6);
        sums[7] = Sum(a7);
    }

    /// <summary>Widens <paramref name="count"/> columns from <paramref name="column"/> (the first of a run) on of twelve rows; the panel's rows lie <paramref name="padded"/> floats apart; <paramref name="step"/> as for <see cref="Stream"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Widen(byte** weights, int column, int count, int padded, nint step, float* panel)
    {
        byte* edge = stackalloc byte[FloatRows.Run * sizeof(float)];
        for (int o = 0; o < PanelOutputs; o++)
        {
            byte* from = weights[o] + (column / FloatRows.Run * step);
            float* to = panel + ((nint)o * padded);
            for (int c = 0; c < padded; c += FloatRows.Run, from += step)
            {
                byte* run = from;
                if (c + FloatRows.Run > count)
                {
                    CopyEdge(run, count - c, edge);
                    run = edge;
                }

                TFormat.Widen(run, out Vector256<float> first, out Vector256<float> second);
                first.Store(to + c);
                second.Store(to + c + 8);
            }
        }
    }

    /// <summary>Four rows times a panel of twelve outputs over one chunk; <paramref name="sums"/> holds eight lanes an output and row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply(float* panel, int columns, float* x, float* sums)
    {
        for (int o = 0; o < PanelOutputs; o += Across)
        {
            MultiplyTile(panel + ((nint)o * columns), columns, x, sums + (o * 8));
        }
    }

    /// <summary>Sum of the lanes with the format's power of two taken out.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Vector256<float> lanes)
    {
        Vector128<float> four = lanes.GetLower() + lanes.GetUpper();
        Vector128<float> two = four + Vector128.Shuffle(four, Vector128.Create(2, 3, 0, 1));
        return (two.GetElement(0) + two.GetElement(1)) * TFormat.OutputScale;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Add(byte* weights, Vector256<float> x0, Vector256<float> x1, Vector256<float> sum)
    {
        TFormat.Widen(weights, out Vector256<float> first, out Vector256<float> second);
        return Fma.MultiplyAdd(second, x1, Fma.MultiplyAdd(first, x0, sum));
    }

    private static void CopyEdges(byte** weights, nint at, int count, byte* edges)
    {
        for (int o = 0; o < StreamOutputs; o++)
        {
            CopyEdge(weights[o] + at, count, edges + (o * FloatRows.Run * TFormat.Bytes));
        }
    }

    /// <summary>What is left of a row, then zeros: beyond its end may lie no memory, or a NaN.</summary>
    private static void CopyEdge(byte* from, int count, byte* to)
    {
        var run = new Span<byte>(to, FloatRows.Run * TFormat.Bytes);
        run.Clear();
        new ReadOnlySpan<byte>(from, count * TFormat.Bytes).CopyTo(run);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void MultiplyTile(float* w, nint columns, float* x, float* sums)
    {
        const int Row = PanelOutputs * 8;
        Vector256<float> a00 = Vector256.Load(sums), a01 = Vector256.Load(sums + 8), a02 = Vector256.Load(sums + 16);
        Vector256<float> a10 = Vector256.Load(sums + Row), a11 = Vector256.Load(sums + Row + 8), a12 = Vector256.Load(sums + Row + 16);
        Vector256<float> a20 = Vector256.Load(sums + (2 * Row)), a21 = Vector256.Load(sums + (2 * Row) + 8), a22 = Vector256.Load(sums + (2 * Row) + 16);
        Vector256<float> a30 = Vector256.Load(sums + (3 * Row)), a31 = Vector256.Load(sums + (3 * Row) + 8), a32 = Vector256.Load(sums + (3 * Row) + 16);
        float* end = x + columns;
        nint three = 3 * columns;
        for (; x < end; x += 8, w += 8)
        {
            Vector256<float> w0 = Vector256.Load(w), w1 = Vector256.Load(w + columns), w2 = Vector256.Load(w + (2 * columns));
            Vector256<float> v = Vector256.Load(x);
            a00 = Fma.MultiplyAdd(w0, v, a00);
            a01 = Fma.MultiplyAdd(w1, v, a01);
            a02 = Fma.MultiplyAdd(w2, v, a02);
            v = Vector256.Load(x + columns);
            a10 = Fma.MultiplyAdd(w0, v, a10);
            a11 = Fma.MultiplyAdd(w1, v, a11);
            a12 = Fma.MultiplyAdd(w2, v, a12);
            v = Vector256.Load(x + (2 * columns));
            a20 = Fma.MultiplyAdd(w0, v, a20);
            a21 = Fma.MultiplyAdd(w1, v, a21);
            a22 = Fma.MultiplyAdd(w2, v, a22);
            v = Vector256.Load(x + three);
            a30 = Fma.MultiplyAdd(w0, v, a30);
            a31 = Fma.MultiplyAdd(w1, v, a31);
            a32 = Fma.MultiplyAdd(w2, v, a32);
        }

        a00.Store(sums);
        a01.Store(sums + 8);
        a02.Store(sums + 16);
        a10.Store(sums + Row);
        a11.Store(sums + Row + 8);
        a12.Store(sums + Row + 16);
        a20.Store(sums + (2 * Row));
        a21.Store(sums + (2 * Row) + 8);
        a22.Store(sums + (2 * Row) + 16);
        a30.Store(sums + (3 * Row));
        a31.Store(sums + (3 * Row) + 8);
        a32.Store(sums + (3 * Row) + 16);
    }
}
