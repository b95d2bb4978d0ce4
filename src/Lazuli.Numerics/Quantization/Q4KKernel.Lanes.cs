using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Lazuli.Numerics;

/// <content>Weights in lanes: a block of a group is 4 vectors of scales and offsets, then 32 vectors; vector 8c + j has columns 4j to 4j + 3 of run 2c in its low nibbles, of run 2c + 1 in its high ones.</content>
internal readonly unsafe partial struct Q4KKernel
{
    public static int MostDirectTiles => 6;

    private const int GroupBlockBytes = BlockBytes * LaneLayout.GroupRows;
    private const int GroupIntegers = Integers * LaneLayout.GroupRows;

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void StreamLanes(byte* first, byte* second, int runs, void* x, float* terms, float* sums)
    {
        float* factors = stackalloc float[2 * SixBitPanel.BlockFactors];
        int* v = (int*)x;
        Vector256<float> sum0 = default, sum1 = default;
        Vector256<byte> mask = Vector256.Create((byte)15);
        nint apart = (nint)(second - first);
        for (; runs > 0; runs -= 8, first += GroupBlockBytes)
        {
            BlockLanes.SixBitFactors(first, factors);
            BlockLanes.SixBitFactors(first + apart, factors + SixBitPanel.BlockFactors);
            byte* w = first + GroupIntegers;
            for (float* f = factors; f < factors + 64; f += 16)
            {
                StreamPrefetch.Ahead(w, apart, GroupBlockBytes / 4);
                Vector256<short> a0 = default, a1 = default, b0 = default, b1 = default;
                int* end = v + 8;
                do
                {
                    Vector256<sbyte> low = Four(v), high = Four(v + 8);
                    Vector256<ushort> p = Vector256.Load((ushort*)w), q = Vector256.Load((ushort*)(w + apart));
                    a0 += Avx2.MultiplyAddAdjacent(p.AsByte() & mask, low);
                    b0 += Avx2.MultiplyAddAdjacent(q.AsByte() & mask, low);
                    a1 += Avx2.MultiplyAddAdjacent(Avx2.ShiftRightLogical(p, 4).AsByte() & mask, high);
                    b1 += Avx2.MultiplyAddAdjacent(Avx2.ShiftRightLogical(q, 4).AsByte() & mask, high);
                    low = Four(v + 1);
                    high = Four(v + 9);
                    p = Vector256.Load((ushort*)(w + 32));
                    q = Vector256.Load((ushort*)(w + apart + 32));
                    a0 += Avx2.MultiplyAddAdjacent(p.AsByte() & mask, low);
                    b0 += Avx2.MultiplyAddAdjacent(q.AsByte() & mask, low);
                    a1 += Avx2.MultiplyAddAdjacent(Avx2.ShiftRightLogical(p, 4).AsByte() & mask, high);
                    b1 += Avx2.MultiplyAddAdjacent(Avx2.ShiftRightLogical(q, 4).AsByte() & mask, high);
                    w += 64;
                    v += 2;
                }
                while (v < end);

                v += 8;
                sum0 = SixBitPanel.Add(SixBitPanel.Whole(a0), f, terms, sum0);
                sum1 = SixBitPanel.Add(SixBitPanel.Whole(b0), f + SixBitPanel.BlockFactors, terms, sum1);
                sum0 = SixBitPanel.Add(SixBitPanel.Whole(a1), f + 8, terms + QuantizedRows.Terms, sum0);
                sum1 = SixBitPanel.Add(SixBitPanel.Whole(b1), f + 8 + SixBitPanel.BlockFactors, terms + QuantizedRows.Terms, sum1);
                terms += 2 * QuantizedRows.Terms;
            }
        }

        sum0.Store(sums);
        sum1.Store(sums + 8);
    }

    /// <remarks>Low nibbles of a chunk are one run, high ones the next: two passes over its eight vectors, which lie in the cache by then.</remarks>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void MultiplyLanes(byte* first, byte* second, int firstRun, int runs, void* x, float* terms, float* sums)
    {
        float* factors = stackalloc float[2 * SixBitPanel.BlockFactors];
        int* v = (int*)x;
        nint apart = (nint)(second - first);
        first += (nint)(firstRun / 8) * GroupBlockBytes;
        Vector256<byte> mask = Vector256.Create((byte)15);
        for (; runs > 0; runs -= 8, first += GroupBlockBytes)
        {
            BlockLanes.SixBitFactors(first, factors);
            BlockLanes.SixBitFactors(first + apart, factors + SixBitPanel.BlockFactors);
            for (int run = 0; run < 8; run++, terms += QuantizedRows.Terms * BlockTile.TileRows)
            {
                byte* w = first + GroupIntegers + (run / 2 * 256);
                StreamPrefetch.Ahead(first + (run * BlockBytes), apart, BlockBytes);
                Vector128<ushort> shift = Vector128.CreateScalar((ushort)(run % 2 * 4));
                Vector256<short> a00 = default, a01 = default, a10 = default, a11 = default, a20 = default, a21 = default, a30 = default, a31 = default;
                int* end = v + BlockTile.Run;
                do
                {
                    Vector256<byte> w0 = Avx2.ShiftRightLogical(Vector256.Load((ushort*)w), shift).AsByte() & mask, w1 = Avx2.ShiftRightLogical(Vector256.Load((ushort*)(w + apart)), shift).AsByte() & mask;
                    Vector256<sbyte> b = Four(v);
                    a00 += Avx2.MultiplyAddAdjacent(w0, b);
                    a01 += Avx2.MultiplyAddAdjacent(w1, b);
                    b = Four(v + 1);
                    a10 += Avx2.MultiplyAddAdjacent(w0, b);
                    a11 += Avx2.MultiplyAddAdjacent(w1, b);
                    b = Four(v + 2);
                    a20 += Avx2.MultiplyAddAdjacent(w0, b);
                    a21 += Avx2.MultiplyAddAdjacent(w1, b);
                    b = Four(v + 3);
                    a30 += Avx2.MultiplyAddAdjacent(w0, b);
                    a31 += Avx2.MultiplyAddAdjacent(w1, b);
                    w += 32;
                    v += BlockTile.TileRows;
                }
                while (v < end);

                float* f = factors + (8 * run);
                SixBitPanel.AddFourRows(SixBitPanel.Whole(a00), SixBitPanel.Whole(a10), SixBitPanel.Whole(a20), SixBitPanel.Whole(a30), f, terms, sums);
                SixBitPanel.AddFourRows(SixBitPanel.Whole(a01), SixBitPanel.Whole(a11), SixBitPanel.Whole(a21), SixBitPanel.Whole(a31), f + SixBitPanel.BlockFactors, terms, sums + 8);
            }
        }
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void UnpackLanes(byte* group, int firstRun, int runs, byte* panel, int half)
    {
        float* factors = stackalloc float[SixBitPanel.BlockFactors];
        Vector256<byte> mask = Vector256.Create((byte)15);
        byte* from = group + ((nint)(firstRun / 8) * GroupBlockBytes);
        for (int run = 0; run < runs; run += 8, from += GroupBlockBytes)
        {
            BlockLanes.SixBitFactors(from, factors);
            byte* w = from + GroupIntegers;
            for (int j = 0; j < 8; j += 2, panel += 2 * PanelRunBytes)
            {
                byte* to = panel + (half * 32);
                for (byte* end = w + 256; w < end; w += 32, to += 64)
                {
                    Vector256<ushort> q = Vector256.Load((ushort*)w);
                    (q.AsByte() & mask).Store(to);
                    (Avx2.ShiftRightLogical(q, 4).AsByte() & mask).Store(to + PanelRunBytes);
                }

                SixBitPanel.StoreFactors(factors, j, panel + NibbleTile<Q4KKernel>.IntegerBytes + (half * 32));
                SixBitPanel.StoreFactors(factors, j + 1, panel + PanelRunBytes + NibbleTile<Q4KKernel>.IntegerBytes + (half * 32));
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<sbyte> Four(int* x) => Avx2.BroadcastScalarToVector256(x).AsSByte();
}
