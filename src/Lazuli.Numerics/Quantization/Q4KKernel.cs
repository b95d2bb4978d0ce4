using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Lazuli.Numerics;

/// <summary>Kernel of <see cref="WeightFormat.Q4_K"/>: a load of 32 bytes holds two runs of 32 columns, one in the low nibbles and one in the high.</summary>
internal readonly unsafe struct Q4KKernel : IBlockKernel, INibbleFormat
{
    private const int BlockBytes = 144;
    private const int Integers = 16;

    public static int PanelRunBytes => NibbleTile<Q4KKernel>.IntegerBytes + (2 * BlockTile.PanelOutputs * sizeof(float));

    public static bool ReadsWords => false;

    public static int StepsInWords => 8;

    public static int FactorsOfRun => 2 * BlockTile.PanelOutputs;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Stream(byte** weights, int runs, sbyte* x, float* terms, float* sums)
    {
        float* factors = stackalloc float[128];
        byte* p0 = weights[0] + Integers, p1 = weights[1] + Integers, p2 = weights[2] + Integers, p3 = weights[3] + Integers;
        byte* p4 = weights[4] + Integers, p5 = weights[5] + Integers, p6 = weights[6] + Integers, p7 = weights[7] + Integers;
        Vector256<float> sum = default;
        nint at = 0;
        for (int run = 0; run < runs; run += 8, at += BlockBytes)
        {
            BlockLanes.SixBitFactors(weights, at, factors);
            for (int pair = 0; pair < 4; pair++)
            {
                nint from = at + (pair * 32);
                Vector256<sbyte> v = Vector256.Load(x);
                sum = Add(
                    BlockLanes.SumsOfWords(Low(p0 + from, v), Low(p1 + from, v), Low(p2 + from, v), Low(p3 + from, v), Low(p4 + from, v), Low(p5 + from, v), Low(p6 + from, v), Low(p7 + from, v)),
                    factors + (pair * 16), terms, sum);
                v = Vector256.Load(x + 32);
                sum = Add(
                    BlockLanes.SumsOfWords(High(p0 + from, v), High(p1 + from, v), High(p2 + from, v), High(p3 + from, v), High(p4 + from, v), High(p5 + from, v), High(p6 + from, v), High(p7 + from, v)),
                    factors + (pair * 16) + 8, terms + QuantizedRows.Terms, sum);
                x += 2 * BlockTile.Run;
                terms += 2 * QuantizedRows.Terms;
            }
        }

        sum.Store(sums);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Unpack(byte** weights, int firstRun, int runs, byte* panel)
    {
        float* factors = stackalloc float[128];
        for (int run = 0; run < runs; run += 8)
        {
            nint at = (nint)((firstRun + run) / 8) * BlockBytes;
            for (int half = 0; half < 2; half++)
            {
                byte** w = weights + (half * 8);
                BlockLanes.SixBitFactors(w, at, factors);
                for (int pair = 0; pair < 4; pair++)
                {
                    nint from = at + Integers + (pair * 32);
                    byte* to = panel + (((run + (2 * pair)) * PanelRunBytes) + (half * 32));
                    BlockLanes.Transpose(
                        LowNibbles(w[0] + from), LowNibbles(w[1] + from), LowNibbles(w[2] + from), LowNibbles(w[3] + from),
                        LowNibbles(w[4] + from), LowNibbles(w[5] + from), LowNibbles(w[6] + from), LowNibbles(w[7] + from), to, 64);
                    SixBitPanel.StoreFactors(factors, 2 * pair, to + NibbleTile<Q4KKernel>.IntegerBytes);
                    to += PanelRunBytes;
                    BlockLanes.Transpose(
                        HighNibbles(w[0] + from), HighNibbles(w[1] + from), HighNibbles(w[2] + from), HighNibbles(w[3] + from),
                        HighNibbles(w[4] + from), HighNibbles(w[5] + from), HighNibbles(w[6] + from), HighNibbles(w[7] + from), to, 64);
                    SixBitPanel.StoreFactors(factors, (2 * pair) + 1, to + NibbleTile<Q4KKernel>.IntegerBytes);
                }
            }
        }
    }

    public static void Multiply(byte* panel, int runs, void* x, float* terms, float* sums) => NibbleTile<Q4KKernel>.Multiply(panel, runs, (int*)x, terms, sums);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Finish(Vector256<int> integers, float* factors, float* terms, float* sums) => SixBitPanel.Finish(integers, factors, terms, sums);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Add(Vector256<int> integers, float* factors, float* terms, Vector256<float> sum) => SixBitPanel.Add(integers, factors, terms, sum);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> LowNibbles(byte* p) => Vector256.Load((int*)p) & Vector256.Create(0x0F0F0F0F);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> HighNibbles(byte* p) => Avx2.ShiftRightLogical(Vector256.Load((int*)p), 4) & Vector256.Create(0x0F0F0F0F);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<short> Low(byte* p, Vector256<sbyte> x) => Avx2.MultiplyAddAdjacent(LowNibbles(p).AsByte(), x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<short> High(byte* p, Vector256<sbyte> x) => Avx2.MultiplyAddAdjacent(HighNibbles(p).AsByte(), x);
}
