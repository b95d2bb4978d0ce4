using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Lazuli.Numerics;

/// <summary>Kernel of <see cref="WeightFormat.Q6_K"/>: multiplies the unsigned six bits; small scales, two a run, are multiplied into the integers.</summary>
/// <remarks>
/// With q unsigned, A and B the halves of a run: <c>integer = s_A Σ_A q x + s_B Σ_B q x − 32 (s_A Σ_A x + s_B Σ_B x)</c>, exact in 32 bits.
/// Two steps of four columns fit 16 bits (4 · 63 · 127 = 32,004). Panel: of a run, 8 steps of two vectors; then for each eight outputs
/// pairs (s_A, s_A), (s_B, s_B), (−32 s_A, −32 s_B) of words, and scales.
/// </remarks>
internal readonly unsafe partial struct Q6KKernel : IBlockKernel
{
    private const int BlockBytes = 210;
    private const int HighBits = 128;
    private const int SmallScales = 192;
    private const int Scale = 208;
    private const int IntegerBytes = BlockTile.Run * BlockTile.PanelOutputs;
    private const int FactorBytes = 4 * 32;

    public static int PanelRunBytes => IntegerBytes + (2 * FactorBytes);

    public static bool ReadsWords => false;

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Stream(byte** weights, int runs, sbyte* x, float* terms, nint rowBytes, float* sums)
    {
        byte* ahead = weights[0] + (BlockTile.StreamOutputs * rowBytes);
        Vector256<short>* small = stackalloc Vector256<short>[8];
        Vector256<int>* pairs = stackalloc Vector256<int>[16];
        Vector256<float> sum = default;
        for (nint at = 0; runs > 0; runs -= 8, at += BlockBytes)
        {
            Vector256<float> scales = Scales(weights, at + Scale - 14);
            SmallScalesOf(weights, at + SmallScales, small);
            for (int half = 0; half < 2; half++)
            {
                for (int row = 0; row < 8; row += 2)
                {
                    StreamPrefetch.Lines(ref ahead, BlockBytes);
                    DotTwo(weights[row] + at + (half * 64), weights[row + 1] + at + (half * 64), half * 32, x, pairs + (row / 2));
                }

                for (int run = 0; run < 4; run++)
                {
                    sum = Fma.MultiplyAdd(
                        Avx.ConvertToVector256Single(Sums(pairs + (4 * run), small[(4 * half) + run], terms)), scales * Avx.BroadcastScalarToVector256(terms), sum);
                    terms += QuantizedRows.Terms;
                }

                x += 4 * BlockTile.Run;
            }
        }

        sum.Store(sums);
    }

    /// <summary>Four runs of two rows; <paramref name="to"/>, at a distance of four a run, gets in each half [a a b b].</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void DotTwo(byte* a, byte* b, nint high, sbyte* x, Vector256<int>* to)
    {
        Vector256<sbyte> x0 = Vector256.Load(x), x1 = Vector256.Load(x + 32), x2 = Vector256.Load(x + 64), x3 = Vector256.Load(x + 96);
        Vector256<ushort> two = Vector256.Create((ushort)0x3030), four = Vector256.Create((ushort)0x0F0F);
        Vector256<short> ones = Vector256.Create((short)1);
        Vector256<ushort> a0 = Vector256.Load((ushort*)a), a1 = Vector256.Load((ushort*)(a + 32)), ah = Vector256.Load((ushort*)(a + HighBits - high));
        Vector256<ushort> b0 = Vector256.Load((ushort*)b), b1 = Vector256.Load((ushort*)(b + 32)), bh = Vector256.Load((ushort*)(b + HighBits - high));
        to[0] = Avx2.MultiplyAddAdjacent(BlockLanes.FoldHalves(
            Avx2.MultiplyAddAdjacent(((a0 & four) | (Avx2.ShiftLeftLogical(ah, 4) & two)).AsByte(), x0),
            Avx2.MultiplyAddAdjacent(((b0 & four) | (Avx2.ShiftLeftLogical(bh, 4) & two)).AsByte(), x0)), ones);
        to[4] = Avx2.MultiplyAddAdjacent(BlockLanes.FoldHalves(
            Avx2.MultiplyAddAdjacent(((a1 & four) | (Avx2.ShiftLeftLogical(ah, 2) & two)).AsByte(), x1),
            Avx2.MultiplyAddAdjacent(((b1 & four) | (Avx2.ShiftLeftLogical(bh, 2) & two)).AsByte(), x1)), ones);
        to[8] = Avx2.MultiplyAddAdjacent(BlockLanes.FoldHalves(
            Avx2.MultiplyAddAdjacent(((Avx2.ShiftRightLogical(a0, 4) & four) | (ah & two)).AsByte(), x2),
            Avx2.MultiplyAddAdjacent(((Avx2.ShiftRightLogical(b0, 4) & four) | (bh & two)).AsByte(), x2)), ones);
        to[12] = Avx2.MultiplyAddAdjacent(BlockLanes.FoldHalves(
            Avx2.MultiplyAddAdjacent(((Avx2.ShiftRightLogical(a1, 4) & four) | (Avx2.ShiftRightLogical(ah, 2) & two)).AsByte(), x3),
            Avx2.MultiplyAddAdjacent(((Avx2.ShiftRightLogical(b1, 4) & four) | (Avx2.ShiftRightLogical(bh, 2) & two)).AsByte(), x3)), ones);
    }

    /// <summary>Integers of a run for eight rows, from the sums of pairs of rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Sums(Vector256<int>* pairs, Vector256<short> small, float* terms)
    {
        Vector256<int> low = FoldPairs(pairs[0], pairs[1]), high = FoldPairs(pairs[2], pairs[3]);
        Vector256<int> first = Avx2.ShiftRightArithmetic(Avx2.ShiftLeftLogical(small.AsInt32(), 16), 16), second = Avx2.ShiftRightArithmetic(small.AsInt32(), 16);
        Vector256<int> bias = Avx2.ShiftLeftLogical(Avx2.MultiplyAddAdjacent(small, Avx2.BroadcastScalarToVector256((int*)terms + 3).AsInt16()), 5);
        return (Avx2.Permute2x128(low, high, 0x20) * first) + (Avx2.Permute2x128(low, high, 0x31) * second) - bias;
    }

    /// <summary>From [a a b b] and [c c d d] to [a b c d], in each half.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> FoldPairs(Vector256<int> ab, Vector256<int> cd) =>
        Avx.Shuffle(ab.AsSingle(), cd.AsSingle(), 0x88).AsInt32() + Avx.Shuffle(ab.AsSingle(), cd.AsSingle(), 0xDD).AsInt32();

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Unpack(byte** weights, int firstRun, int runs, byte* panel)
    {
        Vector256<short>* small = stackalloc Vector256<short>[8];
        for (int half = 0; half < 2; half++)
        {
            byte** w = weights + (half * 8);
            byte* to = panel + (half * 32);
            for (int run = 0; run < runs; run++, to += PanelRunBytes)
            {
                nint at = (nint)((firstRun + run) / 8) * BlockBytes;
                int j = (firstRun + run) % 8;
                if (j == 0)
                {
                    SmallScalesOf(w, at + SmallScales, small);
                }

                BlockLanes.Transpose(
                    SixBits(w[0] + at, j).AsInt32(), SixBits(w[1] + at, j).AsInt32(), SixBits(w[2] + at, j).AsInt32(), SixBits(w[3] + at, j).AsInt32(),
                    SixBits(w[4] + at, j).AsInt32(), SixBits(w[5] + at, j).AsInt32(), SixBits(w[6] + at, j).AsInt32(), SixBits(w[7] + at, j).AsInt32(), to, 64);
                StoreFactors(small[j], Scales(w, at + Scale - 14), to - (half * 32) + IntegerBytes + (half * FactorBytes));
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreFactors(Vector256<short> small, Vector256<float> scales, byte* factors)
    {
        Vector256<int> pairs = small.AsInt32();
        (Avx2.ShiftLeftLogical(pairs, 16) | (pairs & Vector256.Create(0xFFFF))).Store((int*)factors);
        (Avx2.ShiftRightLogical(pairs, 16) | (pairs & Vector256.Create(unchecked((int)0xFFFF0000)))).Store((int*)(factors + 32));
        (Vector256<short>.Zero - Avx2.ShiftLeftLogical(small, 5)).Store((short*)(factors + 64));
        scales.Store((float*)(factors + 96));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply(byte* panel, int runs, void* x, float* terms, float* sums)
    {
        int* v = (int*)x;
        for (int run = 0; run < runs; run++)
        {
            byte* f0 = panel + IntegerBytes, f1 = f0 + FactorBytes;
            Vector256<short> s0 = Vector256.Load((short*)(f0 + 64)), s1 = Vector256.Load((short*)(f1 + 64));
            int* halves = (int*)terms + (3 * BlockTile.TileRows);
            Vector256<short> b = Four(halves).AsInt16();
            Vector256<int> a00 = Avx2.MultiplyAddAdjacent(s0, b), a01 = Avx2.MultiplyAddAdjacent(s1, b);
            b = Four(halves + 1).AsInt16();
            Vector256<int> a10 = Avx2.MultiplyAddAdjacent(s0, b), a11 = Avx2.MultiplyAddAdjacent(s1, b);
            b = Four(halves + 2).AsInt16();
            Vector256<int> a20 = Avx2.MultiplyAddAdjacent(s0, b), a21 = Avx2.MultiplyAddAdjacent(s1, b);
            b = Four(halves + 3).AsInt16();
            Vector256<int> a30 = Avx2.MultiplyAddAdjacent(s0, b), a31 = Avx2.MultiplyAddAdjacent(s1, b);
            byte* w = panel;
            for (int step = 0; step < 4; step++)
            {
                // Two steps of four columns lie in one half of the run.
                nint half = step / 2 * 32;
                Vector256<byte> w00 = Vector256.Load(w), w01 = Vector256.Load(w + 32), w10 = Vector256.Load(w + 64), w11 = Vector256.Load(w + 96);
                Vector256<sbyte> x0 = Four(v), x1 = Four(v + 4);
                a00 = Pair(a00, w00, x0, w10, x1, f0 + half);
                a01 = Pair(a01, w01, x0, w11, x1, f1 + half);
                x0 = Four(v + 1);
                x1 = Four(v + 5);
                a10 = Pair(a10, w00, x0, w10, x1, f0 + half);
                a11 = Pair(a11, w01, x0, w11, x1, f1 + half);
                x0 = Four(v + 2);
                x1 = Four(v + 6);
                a20 = Pair(a20, w00, x0, w10, x1, f0 + half);
                a21 = Pair(a21, w01, x0, w11, x1, f1 + half);
                x0 = Four(v + 3);
                x1 = Four(v + 7);
                a30 = Pair(a30, w00, x0, w10, x1, f0 + half);
                a31 = Pair(a31, w01, x0, w11, x1, f1 + half);
                w += 128;
                v += 8;
            }

            Vector256<float> d0 = Vector256.Load((float*)(f0 + 96)), d1 = Vector256.Load((float*)(f1 + 96));
            BlockLanes.Add(a00, d0, terms, sums);
            BlockLanes.Add(a01, d1, terms, sums + 8);
            BlockLanes.Add(a10, d0, terms + 1, sums + 16);
            BlockLanes.Add(a11, d1, terms + 1, sums + 24);
            BlockLanes.Add(a20, d0, terms + 2, sums + 32);
            BlockLanes.Add(a21, d1, terms + 2, sums + 40);
            BlockLanes.Add(a30, d0, terms + 3, sums + 48);
            BlockLanes.Add(a31, d1, terms + 3, sums + 56);
            panel += PanelRunBytes;
            terms += QuantizedRows.Terms * BlockTile.TileRows;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Pair(Vector256<int> sum, Vector256<byte> w0, Vector256<sbyte> x0, Vector256<byte> w1, Vector256<sbyte> x1, byte* scales) =>
        IntegerDot.AddWords(sum, Avx2.MultiplyAddAdjacent(w0, x0) + Avx2.MultiplyAddAdjacent(w1, x1), Vector256.Load((short*)scales));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<sbyte> Four(int* x) => Avx2.BroadcastScalarToVector256(x).AsSByte();

    /// <summary>The six-bit integers of run <paramref name="run"/>: four bits from one place, two from another. Shifts act on 16 bits; what crosses a byte is masked away.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<byte> SixBits(byte* block, int run)
    {
        Vector256<ushort> low = Vector256.Load((ushort*)(block + (run / 4 * 64) + (run % 2 * 32)));
        Vector256<ushort> high = Vector256.Load((ushort*)(block + HighBits + (run / 4 * 32)));
        low = Avx2.ShiftRightLogical(low, Vector128.CreateScalar((ushort)(run % 4 / 2 * 4))) & Vector256.Create((ushort)0x0F0F);
        high = Avx2.ShiftLeftLogical(Avx2.ShiftRightLogical(high, Vector128.CreateScalar((ushort)(run % 4 * 2))) & Vector256.Create((ushort)0x0303), 4);
        return (low | high).AsByte();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Scales(byte** w, nint at) =>
        BlockLanes.Widen(BlockLanes.LastHalves(w[0] + at, w[1] + at, w[2] + at, w[3] + at, w[4] + at, w[5] + at, w[6] + at, w[7] + at));

    /// <summary>For each run of a block the pair (s_A, s_B) of each of eight rows, as 16-bit words.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void SmallScalesOf(byte** rows, nint at, Vector256<short>* pairs)
    {
        BlockLanes.Quads(rows, at, out Vector256<int> q0, out Vector256<int> q1, out Vector256<int> q2, out Vector256<int> q3);
        StorePairs(q0, pairs);
        StorePairs(q1, pairs + 2);
        StorePairs(q2, pairs + 4);
        StorePairs(q3, pairs + 6);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StorePairs(Vector256<int> four, Vector256<short>* pairs)
    {
        // A byte moved to the upper half of a word and shifted back arithmetically keeps its sign.
        Vector256<byte> first = Vector256.Create(0x01FF_00FF, 0x05FF_04FF, 0x09FF_08FF, 0x0DFF_0CFF, 0x01FF_00FF, 0x05FF_04FF, 0x09FF_08FF, 0x0DFF_0CFF).AsByte();
        Vector256<byte> second = Vector256.Create(0x03FF_02FF, 0x07FF_06FF, 0x0BFF_0AFF, 0x0FFF_0EFF, 0x03FF_02FF, 0x07FF_06FF, 0x0BFF_0AFF, 0x0FFF_0EFF).AsByte();
        pairs[0] = Avx2.ShiftRightArithmetic(Avx2.Shuffle(four.AsByte(), first).AsInt16(), 8);
        pairs[1] = Avx2.ShiftRightArithmetic(Avx2.Shuffle(four.AsByte(), second).AsInt16(), 8);
    }
}
