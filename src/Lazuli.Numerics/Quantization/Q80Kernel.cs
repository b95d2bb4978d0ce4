using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Lazuli.Numerics;

/// <summary>Kernel of <see cref="WeightFormat.Q8_0"/>.</summary>
/// <remarks>
/// Signed by signed bytes: one row multiplies |w| by x with w's sign, which also holds for w = −128 (as an unsigned byte 128 exists; two products of at
/// most 128 · 127 fit 16 bits, four would not). Many rows multiply 16-bit words, whose pairs go straight into 32-bit sums: on processors without a mixed
/// byte product into 32 bits this costs the same two multiplications a vector as bytes with a second one to leave 16 bits, and no moves of signs.
/// Panel: of a run, 16 vectors of two words for each of eight outputs, twice, alternating; then 16 scales.
/// </remarks>
internal readonly unsafe partial struct Q80Kernel : IBlockKernel
{
    private const int BlockBytes = 34;
    private const int RunBytes = (32 * BlockTile.PanelOutputs * sizeof(short)) + (BlockTile.PanelOutputs * sizeof(float));

    public static int PanelRunBytes => RunBytes;

    public static bool ReadsWords => true;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Stream(byte** weights, int runs, sbyte* x, float* terms, nint rowBytes, float* sums)
    {
        byte* ahead = weights[0] + (BlockTile.StreamOutputs * rowBytes);
        byte* p0 = weights[0] + 2, p1 = weights[1] + 2, p2 = weights[2] + 2, p3 = weights[3] + 2, p4 = weights[4] + 2, p5 = weights[5] + 2, p6 = weights[6] + 2, p7 = weights[7] + 2;
        Vector256<short> ones = Vector256.Create((short)1);
        Vector256<float> sum = default;
        nint end = (nint)runs * BlockBytes;
        for (nint at = 0; at < end; at += BlockBytes)
        {
            StreamPrefetch.Lines(ref ahead, 8 * BlockBytes);
            Vector256<sbyte> v = Vector256.Load(x);
            Vector256<int> integers = BlockLanes.Sums(
                Dot(p0 + at, v, ones), Dot(p1 + at, v, ones), Dot(p2 + at, v, ones), Dot(p3 + at, v, ones), Dot(p4 + at, v, ones), Dot(p5 + at, v, ones), Dot(p6 + at, v, ones), Dot(p7 + at, v, ones));
            Vector128<ushort> halves = BlockLanes.Halves(p0 + at - 2, p1 + at - 2, p2 + at - 2, p3 + at - 2, p4 + at - 2, p5 + at - 2, p6 + at - 2, p7 + at - 2);
            sum = Fma.MultiplyAdd(Avx.ConvertToVector256Single(integers), BlockLanes.Widen(halves) * Avx.BroadcastScalarToVector256(terms), sum);
            x += BlockTile.Run;
            terms += QuantizedRows.Terms;
        }

        sum.Store(sums);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Unpack(byte** weights, int firstRun, int runs, byte* panel)
    {
        for (int run = 0; run < runs; run++, panel += RunBytes)
        {
            nint at = (nint)(firstRun + run) * BlockBytes;
            for (int half = 0; half < 2; half++)
            {
                byte** w = weights + (half * 8);
                for (int k = 0; k < 2; k++)
                {
                    nint from = at + 2 + (k * 16);
                    BlockLanes.Transpose(
                        Words(w[0] + from), Words(w[1] + from), Words(w[2] + from), Words(w[3] + from), Words(w[4] + from), Words(w[5] + from), Words(w[6] + from), Words(w[7] + from),
                        panel + (k * 512) + (half * 32), 64);
                }

                BlockLanes.Widen(BlockLanes.Halves(w[0] + at, w[1] + at, w[2] + at, w[3] + at, w[4] + at, w[5] + at, w[6] + at, w[7] + at)).Store((float*)(panel + 1024) + (half * 8));
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply(byte* panel, int runs, void* x, float* terms, float* sums)
    {
        int* v = (int*)x;
        for (int run = 0; run < runs; run++)
        {
            Vector256<int> a00 = default, a01 = default, a10 = default, a11 = default, a20 = default, a21 = default, a30 = default, a31 = default;
            byte* w = panel;
            int* endOfRun = v + (16 * BlockTile.TileRows);
            do
            {
                Vector256<short> w0 = Vector256.Load((short*)w), w1 = Vector256.Load((short*)(w + 32));
                Vector256<short> b = Pair(v);
                a00 = IntegerDot.AddWords(a00, w0, b);
                a01 = IntegerDot.AddWords(a01, w1, b);
                b = Pair(v + 1);
                a10 = IntegerDot.AddWords(a10, w0, b);
                a11 = IntegerDot.AddWords(a11, w1, b);
                b = Pair(v + 2);
                a20 = IntegerDot.AddWords(a20, w0, b);
                a21 = IntegerDot.AddWords(a21, w1, b);
                b = Pair(v + 3);
                a30 = IntegerDot.AddWords(a30, w0, b);
                a31 = IntegerDot.AddWords(a31, w1, b);
                w0 = Vector256.Load((short*)(w + 64));
                w1 = Vector256.Load((short*)(w + 96));
                b = Pair(v + 4);
                a00 = IntegerDot.AddWords(a00, w0, b);
                a01 = IntegerDot.AddWords(a01, w1, b);
                b = Pair(v + 5);
                a10 = IntegerDot.AddWords(a10, w0, b);
                a11 = IntegerDot.AddWords(a11, w1, b);
                b = Pair(v + 6);
                a20 = IntegerDot.AddWords(a20, w0, b);
                a21 = IntegerDot.AddWords(a21, w1, b);
                b = Pair(v + 7);
                a30 = IntegerDot.AddWords(a30, w0, b);
                a31 = IntegerDot.AddWords(a31, w1, b);
                w += 128;
                v += 8;
            }
            while (v < endOfRun);

            Vector256<float> s0 = Vector256.Load((float*)w), s1 = Vector256.Load((float*)w + 8);
            BlockLanes.Add(a00, s0, terms, sums);
            BlockLanes.Add(a01, s1, terms, sums + 8);
            BlockLanes.Add(a10, s0, terms + 1, sums + 16);
            BlockLanes.Add(a11, s1, terms + 1, sums + 24);
            BlockLanes.Add(a20, s0, terms + 2, sums + 32);
            BlockLanes.Add(a21, s1, terms + 2, sums + 40);
            BlockLanes.Add(a30, s0, terms + 3, sums + 48);
            BlockLanes.Add(a31, s1, terms + 3, sums + 56);
            panel += RunBytes;
            terms += QuantizedRows.Terms * BlockTile.TileRows;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Dot(byte* w, Vector256<sbyte> x, Vector256<short> ones)
    {
        Vector256<sbyte> q = Vector256.Load((sbyte*)w);
        return Avx2.MultiplyAddAdjacent(Avx2.MultiplyAddAdjacent(Avx2.Abs(q), Avx2.Sign(x, q)), ones);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Words(byte* w) => Avx2.ConvertToVector256Int16((sbyte*)w).AsInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<short> Pair(int* x) => Avx2.BroadcastScalarToVector256(x).AsInt16();
}
