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
internal readonly unsafe struct Q6KKernel : IBlockKernel
{
    private const int BlockBytes = 210;
    private const int HighBits = 128;
    private const int SmallScales = 192;
    private const int Scale = 208;
    private const int IntegerBytes = BlockTile.Run * BlockTile.PanelOutputs;
    private const int FactorBytes = 4 * 32;

    public static int PanelRunBytes => IntegerBytes + (2 * FactorBytes);

    public static bool ReadsWords => false;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Stream(byte** weights, int runs, sbyte* x, float* terms, float* sums)
    {
        Vector256<short>* small = stackalloc Vector256<short>[8];
        Vector256<float> sum = default;
        for (nint at = 0; runs > 0; runs -= 8, at += BlockBytes)
        {
            Vector256<float> scales = Scales(weights, at + Scale - 14);
            SmallScalesOf(weights, at + SmallScales, small);
            for (int run = 0; run < 8; run++)
            {
                Vector256<sbyte> v = Vector256.Load(x);
                Vector256<int> low = FoldRuns(
                    Dot(weights[0] + at, run, v), Dot(weights[1] + at, run, v), Dot(weights[2] + at, run, v), Dot(weights[3] + at, run, v));
                Vector256<int> high = FoldRuns(
                    Dot(weights[4] + at, run, v), Dot(weights[5] + at, run, v), Dot(weights[6] + at, run, v), Dot(weights[7] + at, run, v));
                Vector256<short> pairs = small[run];
                Vector256<int> first = Avx2.ShiftRightArithmetic(Avx2.ShiftLeftLogical(pairs.AsInt32(), 16), 16), second = Avx2.ShiftRightArithmetic(pairs.AsInt32(), 16);
                Vector256<int> bias = Avx2.ShiftLeftLogical(Avx2.MultiplyAddAdjacent(pairs, Avx2.BroadcastScalarToVector256((int*)terms + 3).AsInt16()), 5);
                Vector256<int> integers = (Avx2.Permute2x128(low, high, 0x20) * first) + (Avx2.Permute2x128(low, high, 0x31) * second) - bias;
                sum = Fma.MultiplyAdd(Avx.ConvertToVector256Single(integers), scales * Avx.BroadcastScalarToVector256(terms), sum);
                x += BlockTile.Run;
                terms += QuantizedRows.Terms;
            }
        }

        sum.Store(sums);
    }

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
                byte* factors = to - (half * 32) + IntegerBytes + (half * FactorBytes);
                Vector256<int> pairs = small[j].AsInt32();
                (Avx2.ShiftLeftLogical(pairs, 16) | (pairs & Vector256.Create(0xFFFF))).Store((int*)factors);
                (Avx2.ShiftRightLogical(pairs, 16) | (pairs & Vector256.Create(unchecked((int)0xFFFF0000)))).Store((int*)(factors + 32));
                (Vector256<short>.Zero - Avx2.ShiftLeftLogical(small[j], 5)).Store((short*)(factors + 64));
                Scales(w, at + Scale - 14).Store((float*)(factors + 96));
            }
        }
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
                a00 += Pair(w00, x0, w10, x1, f0 + half);
                a01 += Pair(w01, x0, w11, x1, f1 + half);
                x0 = Four(v + 1);
                x1 = Four(v + 5);
                a10 += Pair(w00, x0, w10, x1, f0 + half);
                a11 += Pair(w01, x0, w11, x1, f1 + half);
                x0 = Four(v + 2);
                x1 = Four(v + 6);
                a20 += Pair(w00, x0, w10, x1, f0 + half);
                a21 += Pair(w01, x0, w11, x1, f1 + half);
                x0 = Four(v + 3);
                x1 = Four(v + 7);
                a30 += Pair(w00, x0, w10, x1, f0 + half);
                a31 += Pair(w01, x0, w11, x1, f1 + half);
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
    private static Vector256<int> Pair(Vector256<byte> w0, Vector256<sbyte> x0, Vector256<byte> w1, Vector256<sbyte> x1, byte* scales) =>
        Avx2.MultiplyAddAdjacent(Avx2.MultiplyAddAdjacent(w0, x0) + Avx2.MultiplyAddAdjacent(w1, x1), Vector256.Load((short*)scales));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<sbyte> Four(int* x) => Avx2.BroadcastScalarToVector256(x).AsSByte();

    /// <summary>In each half: sums of that half of four rows' words, which two at a time fit 16 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> FoldRuns(Vector256<short> a, Vector256<short> b, Vector256<short> c, Vector256<short> d)
    {
        Vector256<short> ones = Vector256.Create((short)1);
        Vector256<float> ab = Avx2.MultiplyAddAdjacent(BlockLanes.FoldHalves(a, b), ones).AsSingle(), cd = Avx2.MultiplyAddAdjacent(BlockLanes.FoldHalves(c, d), ones).AsSingle();
        return Avx.Shuffle(ab, cd, 0x88).AsInt32() + Avx.Shuffle(ab, cd, 0xDD).AsInt32();
    }

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
    private static Vector256<short> Dot(byte* block, int run, Vector256<sbyte> x) => Avx2.MultiplyAddAdjacent(SixBits(block, run), x);

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
