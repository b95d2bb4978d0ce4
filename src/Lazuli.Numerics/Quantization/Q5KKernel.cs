using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Lazuli.Numerics;

/// <summary>Kernel of <see cref="WeightFormat.Q5_K"/>: as <see cref="Q4KKernel"/>; bit j of 32 bytes is the fifth bit of run j.</summary>
internal readonly unsafe partial struct Q5KKernel : IBlockKernel, INibbleFormat
{
    private const int BlockBytes = 176;
    private const int FifthBits = 16;
    private const int Integers = 48;

    public static int PanelRunBytes => NibbleTile<Q5KKernel>.IntegerBytes + (2 * BlockTile.PanelOutputs * sizeof(float));

    public static bool ReadsWords => false;

    public static int StepsInWords => 4;

    public static int FactorsOfRun => 2 * BlockTile.PanelOutputs;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Stream(byte** weights, int runs, sbyte* x, float* terms, nint rowBytes, float* sums)
    {
        byte* ahead = weights[0] + (BlockTile.StreamOutputs * rowBytes);
        float* factors = stackalloc float[128];
        Vector256<float> sum = default;
        for (nint at = 0; runs > 0; runs -= 8, at += BlockBytes)
        {
            BlockLanes.SixBitFactors(weights, at, factors);
            for (int run = 0; run < 8; run++)
            {
                StreamPrefetch.Lines(ref ahead, BlockBytes);
                Vector256<sbyte> v = Vector256.Load(x);
                Vector256<int> integers = BlockLanes.SumsOfWords(
                    Dot(weights[0] + at, run, v), Dot(weights[1] + at, run, v), Dot(weights[2] + at, run, v), Dot(weights[3] + at, run, v),
                    Dot(weights[4] + at, run, v), Dot(weights[5] + at, run, v), Dot(weights[6] + at, run, v), Dot(weights[7] + at, run, v));
                sum = SixBitPanel.Add(integers, factors + (8 * run), terms, sum);
                x += BlockTile.Run;
                terms += QuantizedRows.Terms;
            }
        }

        sum.Store(sums);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Unpack(byte** weights, int firstRun, int runs, byte* panel)
    {
        float* factors = stackalloc float[128];
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
                    BlockLanes.SixBitFactors(w, at, factors);
                }

                BlockLanes.Transpose(
                    FiveBits(w[0] + at, j).AsInt32(), FiveBits(w[1] + at, j).AsInt32(), FiveBits(w[2] + at, j).AsInt32(), FiveBits(w[3] + at, j).AsInt32(),
                    FiveBits(w[4] + at, j).AsInt32(), FiveBits(w[5] + at, j).AsInt32(), FiveBits(w[6] + at, j).AsInt32(), FiveBits(w[7] + at, j).AsInt32(), to, 64);
                SixBitPanel.StoreFactors(factors, j, to + NibbleTile<Q5KKernel>.IntegerBytes);
            }
        }
    }

    public static void Multiply(byte* panel, int runs, void* x, float* terms, float* sums) => NibbleTile<Q5KKernel>.Multiply(panel, runs, (int*)x, terms, sums);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Finish(Vector256<int> integers, float* factors, float* terms, float* sums) => SixBitPanel.Finish(integers, factors, terms, sums);

    /// <summary>The integers of run <paramref name="run"/>. Shifts act on 16 bits; what crosses a byte is masked away.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<byte> FiveBits(byte* block, int run)
    {
        Vector256<ushort> low = Vector256.Load((ushort*)(block + Integers + (run / 2 * 32)));
        Vector256<ushort> fifth = Vector256.Load((ushort*)(block + FifthBits));
        low = Avx2.ShiftRightLogical(low, Vector128.CreateScalar((ushort)(run % 2 * 4))) & Vector256.Create((ushort)0x0F0F);
        fifth = Avx2.ShiftLeftLogical(Avx2.ShiftRightLogical(fifth, Vector128.CreateScalar((ushort)run)) & Vector256.Create((ushort)0x0101), 4);
        return (low | fifth).AsByte();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<short> Dot(byte* block, int run, Vector256<sbyte> x) => Avx2.MultiplyAddAdjacent(FiveBits(block, run), x);
}
