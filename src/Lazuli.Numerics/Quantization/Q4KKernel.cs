using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Lazuli.Numerics;

/// <summary>Kernel of <see cref="WeightFormat.Q4_K"/>: a load of 32 bytes holds two runs of 32 columns, one in the low nibbles and one in the high.</summary>
internal readonly unsafe partial struct Q4KKernel : IBlockKernel, INibbleFormat
{
    private const int BlockBytes = 144;
    private const int Integers = 16;

    public static int PanelRunBytes => NibbleTile<Q4KKernel>.IntegerBytes + (2 * BlockTile.PanelOutputs * sizeof(float));

    public static bool ReadsWords => false;

    public static int StepsInWords => 8;

    public static int FactorsOfRun => 2 * BlockTile.PanelOutputs;

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Stream(byte** weights, int runs, sbyte* x, float* terms, nint rowBytes, float* sums)
    {
        byte* ahead = weights[0] + (BlockTile.StreamOutputs * rowBytes);
        float* factors = stackalloc float[128];
        byte* p0 = weights[0] + Integers, p1 = weights[1] + Integers, p2 = weights[2] + Integers, p3 = weights[3] + Integers;
        byte* p4 = weights[4] + Integers, p5 = weights[5] + Integers, p6 = weights[6] + Integers, p7 = weights[7] + Integers;
        Vector256<float> sum = default;
        for (nint at = 0; runs > 0; runs -= 8, at += BlockBytes - 128)
        {
            BlockLanes.SixBitFactors(weights, at, factors);
            for (int four = 0; four < 2; four++, at += 64)
            {
                StreamPrefetch.Lines(ref ahead, 4 * BlockBytes);

                // Four runs at a time: of each load of 32 bytes one half goes with the same half of the next 32, so that no row's lanes need adding across halves.
                Vector256<sbyte> v = Vector256.Load(x), u = Vector256.Load(x + 64);
                Vector256<sbyte> firsts = Avx2.Permute2x128(v, u, 0x20), lasts = Avx2.Permute2x128(v, u, 0x31);
                Vector256<int> a = BlockLanes.SumsOfHalves(Low(p0 + at, firsts, lasts), Low(p1 + at, firsts, lasts), Low(p2 + at, firsts, lasts), Low(p3 + at, firsts, lasts));
                Vector256<int> b = BlockLanes.SumsOfHalves(Low(p4 + at, firsts, lasts), Low(p5 + at, firsts, lasts), Low(p6 + at, firsts, lasts), Low(p7 + at, firsts, lasts));
                v = Vector256.Load(x + 32);
                u = Vector256.Load(x + 96);
                firsts = Avx2.Permute2x128(v, u, 0x20);
                lasts = Avx2.Permute2x128(v, u, 0x31);
                Vector256<int> c = BlockLanes.SumsOfHalves(High(p0 + at, firsts, lasts), High(p1 + at, firsts, lasts), High(p2 + at, firsts, lasts), High(p3 + at, firsts, lasts));
                Vector256<int> d = BlockLanes.SumsOfHalves(High(p4 + at, firsts, lasts), High(p5 + at, firsts, lasts), High(p6 + at, firsts, lasts), High(p7 + at, firsts, lasts));
                float* f = factors + (four * 32);
                sum = SixBitPanel.Add(Avx2.Permute2x128(a, b, 0x20), f, terms, sum);
                sum = SixBitPanel.Add(Avx2.Permute2x128(c, d, 0x20), f + 8, terms + QuantizedRows.Terms, sum);
                sum = SixBitPanel.Add(Avx2.Permute2x128(a, b, 0x31), f + 16, terms + (2 * QuantizedRows.Terms), sum);
                sum = SixBitPanel.Add(Avx2.Permute2x128(c, d, 0x31), f + 24, terms + (3 * QuantizedRows.Terms), sum);
                x += 4 * BlockTile.Run;
                terms += 4 * QuantizedRows.Terms;
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
    private static Vector256<int> LowNibbles(byte* p) => Vector256.Load((int*)p) & Vector256.Create(0x0F0F0F0F);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> HighNibbles(byte* p) => Avx2.ShiftRightLogical(Vector256.Load((int*)p), 4) & Vector256.Create(0x0F0F0F0F);

    /// <summary>Low nibbles of 64 bytes: two runs, one a half. Words of at most 7,620.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<short> Low(byte* p, Vector256<sbyte> firsts, Vector256<sbyte> lasts)
    {
        Vector256<byte> mask = Vector256.Create((byte)15);
        return Avx2.MultiplyAddAdjacent(Two(p).AsByte() & mask, firsts) + Avx2.MultiplyAddAdjacent(Two(p + 16).AsByte() & mask, lasts);
    }

    /// <summary>As <see cref="Low"/>, of high nibbles.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<short> High(byte* p, Vector256<sbyte> firsts, Vector256<sbyte> lasts)
    {
        Vector256<byte> mask = Vector256.Create((byte)15);
        return Avx2.MultiplyAddAdjacent(Avx2.ShiftRightLogical(Two(p), 4).AsByte() & mask, firsts) + Avx2.MultiplyAddAdjacent(Avx2.ShiftRightLogical(Two(p + 16), 4).AsByte() & mask, lasts);
    }

    /// <summary>Sixteen bytes, and the sixteen that lie 32 further.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ushort> Two(byte* p) => Avx2.InsertVector128(Vector128.Load((ushort*)p).ToVector256Unsafe(), Vector128.Load((ushort*)(p + 32)), 1);
}
