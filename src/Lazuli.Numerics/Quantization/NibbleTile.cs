using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Lazuli.Numerics;

/// <summary>What distinguishes formats whose stored integers are unsigned and of at most five bits.</summary>
internal unsafe interface INibbleFormat
{
    /// <summary>Products of four columns, in pairs, that 16 bits hold: 8 for four-bit integers (8 · 2 · 15 · 127 = 30,480), 4 for five (31,496).</summary>
    static abstract int StepsInWords { get; }

    /// <summary>Floats of factors a run: after the integers of a panel.</summary>
    static abstract int FactorsOfRun { get; }

    /// <summary>Adds the integer sums of a run to eight outputs of one row.</summary>
    /// <param name="integers">Σ q_x q_w.</param>
    /// <param name="factors">The format's factors; those of the panel's second eight outputs lie 8 floats further.</param>
    /// <param name="terms">The row's terms, alternating with three other rows'.</param>
    /// <param name="sums">Eight outputs.</param>
    static abstract void Finish(Vector256<int> integers, float* factors, float* terms, float* sums);
}

/// <summary>Four rows times sixteen outputs, unsigned weights of few bits by signed activations.</summary>
/// <remarks>
/// Panel: of a run, 8 steps of two vectors, each four columns (bytes) of eight outputs; then factors. A step broadcasts four columns of a row and multiplies them
/// with both vectors; pairs of products add up in 16 bits as long as they fit, so most steps cost a multiplication and an addition a vector.
/// </remarks>
internal static unsafe partial class NibbleTile<TFormat>
    where TFormat : struct, INibbleFormat
{
    /// <summary>Bytes of a run's integers.</summary>
    public const int IntegerBytes = BlockTile.Run * BlockTile.PanelOutputs;

    /// <summary>In 16-bit sums, or in 32-bit ones where they cost nothing.</summary>
    public static void Multiply(byte* panel, int runs, int* x, float* terms, float* sums)
    {
        if (IntegerDot.AddsBytesAtOnce)
        {
            MultiplyInto32(panel, runs, x, terms, sums);
        }
        else
        {
            MultiplyInto16(panel, runs, x, terms, sums);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void MultiplyInto16(byte* panel, int runs, int* x, float* terms, float* sums)
    {
        Vector256<int>* kept = stackalloc Vector256<int>[8];
        for (int run = 0; run < runs; run++)
        {
            byte* w = panel;
            for (int part = 0; part < 8 / TFormat.StepsInWords; part++)
            {
                Vector256<short> a00 = default, a01 = default, a10 = default, a11 = default, a20 = default, a21 = default, a30 = default, a31 = default;
                int* end = x + (4 * TFormat.StepsInWords);
                do
                {
                    Vector256<byte> w0 = Vector256.Load(w), w1 = Vector256.Load(w + 32);
                    Vector256<sbyte> v = Four(x);
                    a00 += Avx2.MultiplyAddAdjacent(w0, v);
                    a01 += Avx2.MultiplyAddAdjacent(w1, v);
                    v = Four(x + 1);
                    a10 += Avx2.MultiplyAddAdjacent(w0, v);
                    a11 += Avx2.MultiplyAddAdjacent(w1, v);
                    v = Four(x + 2);
                    a20 += Avx2.MultiplyAddAdjacent(w0, v);
                    a21 += Avx2.MultiplyAddAdjacent(w1, v);
                    v = Four(x + 3);
                    a30 += Avx2.MultiplyAddAdjacent(w0, v);
                    a31 += Avx2.MultiplyAddAdjacent(w1, v);
                    w0 = Vector256.Load(w + 64);
                    w1 = Vector256.Load(w + 96);
                    v = Four(x + 4);
                    a00 += Avx2.MultiplyAddAdjacent(w0, v);
                    a01 += Avx2.MultiplyAddAdjacent(w1, v);
                    v = Four(x + 5);
                    a10 += Avx2.MultiplyAddAdjacent(w0, v);
                    a11 += Avx2.MultiplyAddAdjacent(w1, v);
                    v = Four(x + 6);
                    a20 += Avx2.MultiplyAddAdjacent(w0, v);
                    a21 += Avx2.MultiplyAddAdjacent(w1, v);
                    v = Four(x + 7);
                    a30 += Avx2.MultiplyAddAdjacent(w0, v);
                    a31 += Avx2.MultiplyAddAdjacent(w1, v);
                    w += 128;
                    x += 8;
                }
                while (x < end);

                if (TFormat.StepsInWords < 8 && part == 0)
                {
                    kept[0] = Wide(a00);
                    kept[1] = Wide(a01);
                    kept[2] = Wide(a10);
                    kept[3] = Wide(a11);
                    kept[4] = Wide(a20);
                    kept[5] = Wide(a21);
                    kept[6] = Wide(a30);
                    kept[7] = Wide(a31);
                    continue;
                }

                var factors = (float*)w;
                TFormat.Finish(Whole(a00, kept), factors, terms, sums);
                TFormat.Finish(Whole(a01, kept + 1), factors + 8, terms, sums + 8);
                TFormat.Finish(Whole(a10, kept + 2), factors, terms + 1, sums + 16);
                TFormat.Finish(Whole(a11, kept + 3), factors + 8, terms + 1, sums + 24);
                TFormat.Finish(Whole(a20, kept + 4), factors, terms + 2, sums + 32);
                TFormat.Finish(Whole(a21, kept + 5), factors + 8, terms + 2, sums + 40);
                TFormat.Finish(Whole(a30, kept + 6), factors, terms + 3, sums + 48);
                TFormat.Finish(Whole(a31, kept + 7), factors + 8, terms + 3, sums + 56);
            }

            panel = w + (TFormat.FactorsOfRun * sizeof(float));
            terms += QuantizedRows.Terms * BlockTile.TileRows;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<sbyte> Four(int* x) => Avx2.BroadcastScalarToVector256(x).AsSByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Wide(Vector256<short> words) => Avx2.MultiplyAddAdjacent(words, Vector256.Create((short)1));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Whole(Vector256<short> words, Vector256<int>* kept) =>
        TFormat.StepsInWords < 8 ? Wide(words) + *kept : Wide(words);
}
