using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Lazuli.Numerics;

/// <content>Weights in lanes: a block of a group is 4 vectors of scales and offsets, 8 of fifth bits, 32 of low bits as <see cref="Q4KKernel"/> has them; bit r of fifth vector j belongs to step j of run r.</content>
internal readonly unsafe partial struct Q5KKernel
{
    public static int MostDirectTiles => 3;

    private const int GroupBlockBytes = BlockBytes * LaneLayout.GroupRows;
    private const int GroupFifthBits = FifthBits * LaneLayout.GroupRows;
    private const int GroupIntegers = Integers * LaneLayout.GroupRows;

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void StreamLanes(byte* first, byte* second, int runs, void* x, float* terms, float* sums)
    {
        float* factors = stackalloc float[2 * SixBitPanel.BlockFactors];
        int* v = (int*)x;
        Vector256<float> sum0 = default, sum1 = default;
        nint apart = (nint)(second - first);
        for (; runs > 0; runs -= 8, first += GroupBlockBytes)
        {
            BlockLanes.SixBitFactors(first, factors);
            BlockLanes.SixBitFactors(first + apart, factors + SixBitPanel.BlockFactors);
            for (int run = 0; run < 8; run++, v += 8, terms += QuantizedRows.Terms)
            {
                Vector128<ushort> low = Vector128.CreateScalar((ushort)(run % 2 * 4)), fifth = Vector128.CreateScalar((ushort)run);
                byte* w = first + GroupIntegers + (run / 2 * 256), h = first + GroupFifthBits;
                StreamPrefetch.Ahead(first + (run * BlockBytes), apart, BlockBytes);
                Vector256<short> a0 = default, a1 = default, b0 = default, b1 = default;
                for (int j = 0; j < 4; j++, w += 32, h += 32)
                {
                    Vector256<sbyte> p = Four(v + j), q = Four(v + j + 4);
                    a0 += Avx2.MultiplyAddAdjacent(Five(w, h, low, fifth), p);
                    b0 += Avx2.MultiplyAddAdjacent(Five(w + apart, h + apart, low, fifth), p);
                    a1 += Avx2.MultiplyAddAdjacent(Five(w + 128, h + 128, low, fifth), q);
                    b1 += Avx2.MultiplyAddAdjacent(Five(w + apart + 128, h + apart + 128, low, fifth), q);
                }

                sum0 = SixBitPanel.Add(SixBitPanel.Whole(a0) + SixBitPanel.Whole(a1), factors + (8 * run), terms, sum0);
                sum1 = SixBitPanel.Add(SixBitPanel.Whole(b0) + SixBitPanel.Whole(b1), factors + SixBitPanel.BlockFactors + (8 * run), terms, sum1);
            }
        }

        sum0.Store(sums);
        sum1.Store(sums + 8);
    }

    public static void MultiplyLanes(byte* first, byte* second, int firstRun, int runs, void* x, float* terms, float* sums)
    {
        MultiplyLanes(first, firstRun, runs, x, terms, sums);
        MultiplyLanes(second, firstRun, runs, x, terms, sums + LaneLayout.GroupRows);
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void MultiplyLanes(byte* group, int firstRun, int runs, void* x, float* terms, float* sums)
    {
        float* factors = stackalloc float[SixBitPanel.BlockFactors];
        int* v = (int*)x;
        byte* from = group + ((nint)(firstRun / 8) * GroupBlockBytes);
        for (; runs > 0; runs -= 8, from += GroupBlockBytes)
        {
            BlockLanes.SixBitFactors(from, factors);
            for (int run = 0; run < 8; run++, terms += QuantizedRows.Terms * BlockTile.TileRows)
            {
                StreamPrefetch.Ahead(from + (run * BlockBytes), BlockBytes);
                Vector128<ushort> low = Vector128.CreateScalar((ushort)(run % 2 * 4)), fifth = Vector128.CreateScalar((ushort)run);
                byte* w = from + GroupIntegers + (run / 2 * 256), h = from + GroupFifthBits;
                Vector256<int> a0 = default, a1 = default, a2 = default, a3 = default;
                for (byte* end = w + 256; w < end; w += 64, h += 64, v += 2 * BlockTile.TileRows)
                {
                    // Two steps fit 16 bits: 4 · 31 · 127.
                    Vector256<byte> p = Five(w, h, low, fifth), q = Five(w + 32, h + 32, low, fifth);
                    a0 += SixBitPanel.Whole(Avx2.MultiplyAddAdjacent(p, Four(v)) + Avx2.MultiplyAddAdjacent(q, Four(v + 4)));
                    a1 += SixBitPanel.Whole(Avx2.MultiplyAddAdjacent(p, Four(v + 1)) + Avx2.MultiplyAddAdjacent(q, Four(v + 5)));
                    a2 += SixBitPanel.Whole(Avx2.MultiplyAddAdjacent(p, Four(v + 2)) + Avx2.MultiplyAddAdjacent(q, Four(v + 6)));
                    a3 += SixBitPanel.Whole(Avx2.MultiplyAddAdjacent(p, Four(v + 3)) + Avx2.MultiplyAddAdjacent(q, Four(v + 7)));
                }

                SixBitPanel.AddFourRows(a0, a1, a2, a3, factors + (8 * run), terms, sums);
            }
        }
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void UnpackLanes(byte* group, int firstRun, int runs, byte* panel, int half)
    {
        float* factors = stackalloc float[SixBitPanel.BlockFactors];
        for (int run = 0; run < runs; run++, panel += PanelRunBytes)
        {
            int r = (firstRun + run) % 8;
            byte* from = group + ((nint)((firstRun + run) / 8) * GroupBlockBytes);
            if (r == 0)
            {
                BlockLanes.SixBitFactors(from, factors);
            }

            Vector128<ushort> low = Vector128.CreateScalar((ushort)(r % 2 * 4)), fifth = Vector128.CreateScalar((ushort)r);
            byte* w = from + GroupIntegers + (r / 2 * 256), h = from + GroupFifthBits, to = panel + (half * 32);
            for (byte* end = w + 256; w < end; w += 32, h += 32, to += 64)
            {
                Five(w, h, low, fifth).Store(to);
            }

            SixBitPanel.StoreFactors(factors, r, panel + NibbleTile<Q5KKernel>.IntegerBytes + (half * 32));
        }
    }

    /// <summary>Shifts act on 16 bits; what crosses a byte is masked away.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<byte> Five(byte* lowBits, byte* fifthBits, Vector128<ushort> low, Vector128<ushort> fifth) =>
        ((Avx2.ShiftRightLogical(Vector256.Load((ushort*)lowBits), low) & Vector256.Create((ushort)0x0F0F))
        | Avx2.ShiftLeftLogical(Avx2.ShiftRightLogical(Vector256.Load((ushort*)fifthBits), fifth) & Vector256.Create((ushort)0x0101), 4)).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<sbyte> Four(int* x) => Avx2.BroadcastScalarToVector256(x).AsSByte();
}
