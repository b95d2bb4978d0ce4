using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Lazuli.Numerics;

/// <summary>Kernel of the formats that quantisers fall back to where rows are too odd for others: right, and not made to be fast. They never lie in <see cref="WeightLayout.Lanes"/>.</summary>
internal readonly unsafe struct LooseKernel<TFormat> : IBlockKernel, INibbleFormat
    where TFormat : struct, ILooseFormat
{
    public static int PanelRunBytes => NibbleTile<LooseKernel<TFormat>>.IntegerBytes + (2 * BlockTile.PanelOutputs * sizeof(float));

    public static bool ReadsWords => false;

    public static int MostDirectTiles => 0;

    public static int StepsInWords => 4;

    public static int FactorsOfRun => 2 * BlockTile.PanelOutputs;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Stream(byte** weights, int runs, sbyte* x, float* terms, nint rowBytes, float* sums)
    {
        byte* ahead = weights[0] + (BlockTile.StreamOutputs * rowBytes);
        Vector256<float> sum = default;
        for (nint at = 0; runs > 0; runs--, at += TFormat.BlockBytes)
        {
            for (int line = 0; line < BlockTile.StreamOutputs * TFormat.BlockBytes; line += StreamPrefetch.LineBytes)
            {
                Sse.Prefetch0(ahead);
                ahead += StreamPrefetch.LineBytes;
            }

            Vector256<sbyte> v = Vector256.Load(x);
            Vector256<int> integers = BlockLanes.SumsOfWords(
                Dot(weights[0] + at, v), Dot(weights[1] + at, v), Dot(weights[2] + at, v), Dot(weights[3] + at, v),
                Dot(weights[4] + at, v), Dot(weights[5] + at, v), Dot(weights[6] + at, v), Dot(weights[7] + at, v));
            Vector256<float> scale = LooseBlock.Halves(weights, at);
            sum = Fma.MultiplyAdd(Avx.ConvertToVector256Single(integers), scale * Avx.BroadcastScalarToVector256(terms), sum);
            sum = Fma.MultiplyAdd(TFormat.Shift(weights, at, scale), Avx.BroadcastScalarToVector256(terms + 1), sum);
            x += BlockTile.Run;
            terms += QuantizedRows.Terms;
        }

        sum.Store(sums);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Unpack(byte** weights, int firstRun, int runs, byte* panel)
    {
        for (int half = 0; half < 2; half++)
        {
            byte** w = weights + (half * 8);
            byte* to = panel + (half * 32);
            for (int run = 0; run < runs; run++, to += PanelRunBytes)
            {
                nint at = (nint)(firstRun + run) * TFormat.BlockBytes;
                BlockLanes.Transpose(
                    Whole(w[0] + at), Whole(w[1] + at), Whole(w[2] + at), Whole(w[3] + at), Whole(w[4] + at), Whole(w[5] + at), Whole(w[6] + at), Whole(w[7] + at), to, 64);
                Vector256<float> scale = LooseBlock.Halves(w, at);
                var factors = (float*)(to + NibbleTile<LooseKernel<TFormat>>.IntegerBytes);
                scale.Store(factors);
                TFormat.Shift(w, at, scale).Store(factors + BlockTile.PanelOutputs);
            }
        }
    }

    public static void Multiply(byte* panel, int runs, void* x, float* terms, float* sums) => NibbleTile<LooseKernel<TFormat>>.Multiply(panel, runs, (int*)x, terms, sums);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Finish(Vector256<int> integers, float* factors, float* terms, float* sums) => SixBitPanel.Finish(integers, factors, terms, sums);

    public static void StreamLanes(byte* first, byte* second, int runs, void* x, float* terms, float* sums) => throw NeverInLanes();

    public static void MultiplyLanes(byte* first, byte* second, int firstRun, int runs, void* x, float* terms, float* sums) => throw NeverInLanes();

    public static void UnpackLanes(byte* group, int firstRun, int runs, byte* panel, int half) => throw NeverInLanes();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Whole(byte* block) => TFormat.Integers(block).AsInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<short> Dot(byte* block, Vector256<sbyte> x) => Avx2.MultiplyAddAdjacent(TFormat.Integers(block), x);

    private static UnreachableException NeverInLanes() => new("LaneLayout.Fits lets none of these formats through.");
}
