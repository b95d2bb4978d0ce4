using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Lazuli.Numerics;

/// <summary>Kernel of <see cref="WeightFormat.Q4_0"/>: multiplies the unsigned nibbles and takes 8 · Σq_x off each run's integer.</summary>
internal readonly unsafe struct Q40Kernel : IBlockKernel, INibbleFormat
{
    private const int BlockBytes = 18;

    public static int PanelRunBytes => NibbleTile<Q40Kernel>.IntegerBytes + (BlockTile.PanelOutputs * sizeof(float));

    public static bool ReadsWords => false;

    public static int StepsInWords => 8;

    public static int FactorsOfRun => BlockTile.PanelOutputs;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Stream(byte** weights, int runs, sbyte* x, float* terms, float* sums)
    {
        byte* p0 = weights[0] + 2, p1 = weights[1] + 2, p2 = weights[2] + 2, p3 = weights[3] + 2, p4 = weights[4] + 2, p5 = weights[5] + 2, p6 = weights[6] + 2, p7 = weights[7] + 2;
        Vector256<float> sum = default;
        nint end = (nint)runs * BlockBytes;
        for (nint at = 0; at < end; at += BlockBytes)
        {
            Vector256<sbyte> v = Vector256.Load(x);
            Vector256<int> integers = BlockLanes.SumsOfWords(
                Dot(p0 + at, v), Dot(p1 + at, v), Dot(p2 + at, v), Dot(p3 + at, v), Dot(p4 + at, v), Dot(p5 + at, v), Dot(p6 + at, v), Dot(p7 + at, v));
            integers -= Avx2.BroadcastScalarToVector256((int*)terms + 2);
            Vector256<float> scales = BlockLanes.Widen(BlockLanes.Halves(p0 + at - 2, p1 + at - 2, p2 + at - 2, p3 + at - 2, p4 + at - 2, p5 + at - 2, p6 + at - 2, p7 + at - 2));
            sum = Fma.MultiplyAdd(Avx.ConvertToVector256Single(integers), scales * Avx.BroadcastScalarToVector256(terms), sum);
            x += BlockTile.Run;
            terms += QuantizedRows.Terms;
        }

        sum.Store(sums);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Unpack(byte** weights, int firstRun, int runs, byte* panel)
    {
        for (int run = 0; run < runs; run++, panel += PanelRunBytes)
        {
            nint at = (nint)(firstRun + run) * BlockBytes, from = at + 2;
            for (int half = 0; half < 2; half++)
            {
                byte** w = weights + (half * 8);
                BlockLanes.Transpose(
                    Nibbles(w[0] + from).AsInt32(), Nibbles(w[1] + from).AsInt32(), Nibbles(w[2] + from).AsInt32(), Nibbles(w[3] + from).AsInt32(),
                    Nibbles(w[4] + from).AsInt32(), Nibbles(w[5] + from).AsInt32(), Nibbles(w[6] + from).AsInt32(), Nibbles(w[7] + from).AsInt32(),
                    panel + (half * 32), 64);
                BlockLanes.Widen(BlockLanes.Halves(w[0] + at, w[1] + at, w[2] + at, w[3] + at, w[4] + at, w[5] + at, w[6] + at, w[7] + at)).Store((float*)(panel + NibbleTile<Q40Kernel>.IntegerBytes) + (half * 8));
            }
        }
    }

    public static void Multiply(byte* panel, int runs, void* x, float* terms, float* sums) => NibbleTile<Q40Kernel>.Multiply(panel, runs, (int*)x, terms, sums);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Finish(Vector256<int> integers, float* factors, float* terms, float* sums) =>
        BlockLanes.Add(integers - Avx2.BroadcastScalarToVector256((int*)terms + (2 * BlockTile.TileRows)), Vector256.Load(factors), terms, sums);

    /// <summary>Low nibbles in the low half, high nibbles in the high one: the columns' order.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<byte> Nibbles(byte* p) =>
        Avx2.ShiftRightLogicalVariable(Avx2.BroadcastVector128ToVector256((ulong*)p), Vector256.Create(0ul, 0, 4, 4)).AsByte() & Vector256.Create((byte)15);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<short> Dot(byte* p, Vector256<sbyte> x) => Avx2.MultiplyAddAdjacent(Nibbles(p), x);
}
