using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Lazuli.Numerics;

/// <summary>Kernel of <see cref="WeightFormat.Q4_0"/>: multiplies the unsigned nibbles and takes 8 · Σq_x off each run's integer.</summary>
internal readonly unsafe partial struct Q40Kernel : IBlockKernel, INibbleFormat
{
    private const int BlockBytes = 18;

    public static int PanelRunBytes => NibbleTile<Q40Kernel>.IntegerBytes + (BlockTile.PanelOutputs * sizeof(float));

    public static bool ReadsWords => false;

    public static int StepsInWords => 8;

    public static int FactorsOfRun => BlockTile.PanelOutputs;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Stream(byte** weights, int runs, sbyte* x, float* terms, nint rowBytes, float* sums)
    {
        byte* ahead = weights[0] + (BlockTile.StreamOutputs * rowBytes);
        byte* p0 = weights[0] + 2, p1 = weights[1] + 2, p2 = weights[2] + 2, p3 = weights[3] + 2, p4 = weights[4] + 2, p5 = weights[5] + 2, p6 = weights[6] + 2, p7 = weights[7] + 2;
        Vector256<float> sum = default;
        nint at = 0;
        for (; runs >= 2; runs -= 2, at += 2 * BlockBytes)
        {
            StreamPrefetch.Lines(ref ahead, 16 * BlockBytes);
            Vector256<sbyte> v = Vector256.Load(x), u = Vector256.Load(x + BlockTile.Run);
            Vector256<sbyte> low = Avx2.Permute2x128(v, u, 0x20), high = Avx2.Permute2x128(v, u, 0x31);
            Vector256<int> a = BlockLanes.SumsOfHalves(Two(p0 + at, low, high), Two(p1 + at, low, high), Two(p2 + at, low, high), Two(p3 + at, low, high));
            Vector256<int> b = BlockLanes.SumsOfHalves(Two(p4 + at, low, high), Two(p5 + at, low, high), Two(p6 + at, low, high), Two(p7 + at, low, high));
            sum = Add(Avx2.Permute2x128(a, b, 0x20), Halves(p0 + at, p1 + at, p2 + at, p3 + at, p4 + at, p5 + at, p6 + at, p7 + at), terms, sum);
            nint next = at + BlockBytes;
            sum = Add(Avx2.Permute2x128(a, b, 0x31), Halves(p0 + next, p1 + next, p2 + next, p3 + next, p4 + next, p5 + next, p6 + next, p7 + next), terms + QuantizedRows.Terms, sum);
            x += 2 * BlockTile.Run;
            terms += 2 * QuantizedRows.Terms;
        }

        if (runs > 0)
        {
            Vector256<sbyte> v = Vector256.Load(x);
            Vector256<int> integers = BlockLanes.SumsOfWords(
                Dot(p0 + at, v), Dot(p1 + at, v), Dot(p2 + at, v), Dot(p3 + at, v), Dot(p4 + at, v), Dot(p5 + at, v), Dot(p6 + at, v), Dot(p7 + at, v));
            sum = Add(integers, Halves(p0 + at, p1 + at, p2 + at, p3 + at, p4 + at, p5 + at, p6 + at, p7 + at), terms, sum);
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

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Add(Vector256<int> integers, Vector256<float> scales, float* terms, Vector256<float> sum)
    {
        integers -= Avx2.BroadcastScalarToVector256((int*)terms + 2);
        return Fma.MultiplyAdd(Avx.ConvertToVector256Single(integers), scales * Avx.BroadcastScalarToVector256(terms), sum);
    }

    /// <summary>Scales of eight rows, from where their nibbles begin.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Halves(byte* p0, byte* p1, byte* p2, byte* p3, byte* p4, byte* p5, byte* p6, byte* p7) =>
        BlockLanes.Widen(BlockLanes.Halves(p0 - 2, p1 - 2, p2 - 2, p3 - 2, p4 - 2, p5 - 2, p6 - 2, p7 - 2));

    /// <summary>Two blocks of a row, one a half; <paramref name="low"/> and <paramref name="high"/> hold the first and last sixteen columns of both. Words of at most 7,620: four add up in 16 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<short> Two(byte* p, Vector256<sbyte> low, Vector256<sbyte> high)
    {
        Vector256<ushort> q = Avx2.InsertVector128(Vector128.Load((ushort*)p).ToVector256Unsafe(), Vector128.Load((ushort*)(p + BlockBytes)), 1);
        Vector256<byte> mask = Vector256.Create((byte)15);
        return Avx2.MultiplyAddAdjacent(q.AsByte() & mask, low) + Avx2.MultiplyAddAdjacent(Avx2.ShiftRightLogical(q, 4).AsByte() & mask, high);
    }

    /// <summary>Low nibbles in the low half, high nibbles in the high one: the columns' order.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<byte> Nibbles(byte* p) =>
        Avx2.ShiftRightLogicalVariable(Avx2.BroadcastVector128ToVector256((ulong*)p), Vector256.Create(0ul, 0, 4, 4)).AsByte() & Vector256.Create((byte)15);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<short> Dot(byte* p, Vector256<sbyte> x) => Avx2.MultiplyAddAdjacent(Nibbles(p), x);
}
