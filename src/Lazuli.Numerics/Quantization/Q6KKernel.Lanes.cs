using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Lazuli.Numerics;

/// <content>Weights in lanes: a block of a group is 32 vectors of low bits, 16 of high bits, 4 of small scales, 8 scales. Step j of run r: low vector 16(r/4) + 8(r mod 2) + j, high vector 8(r/4) + j.</content>
internal readonly unsafe partial struct Q6KKernel
{
    public static int MostDirectTiles => 3;

    private const int GroupBlockBytes = BlockBytes * LaneLayout.GroupRows;
    private const int GroupHighBits = HighBits * LaneLayout.GroupRows;
    private const int GroupSmallScales = SmallScales * LaneLayout.GroupRows;
    private const int GroupScale = Scale * LaneLayout.GroupRows;

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void StreamLanes(byte* first, byte* second, int runs, void* x, float* terms, float* sums)
    {
        Vector256<short>* small = stackalloc Vector256<short>[16];
        int* v = (int*)x;
        Vector256<float> sum0 = default, sum1 = default;
        nint apart = (nint)(second - first);
        for (; runs > 0; runs -= 8, first += GroupBlockBytes)
        {
            SmallScalesOf(first + GroupSmallScales, small);
            SmallScalesOf(first + apart + GroupSmallScales, small + 8);
            Vector256<float> scale0 = BlockLanes.Widen(Vector128.Load((ushort*)(first + GroupScale))), scale1 = BlockLanes.Widen(Vector128.Load((ushort*)(first + apart + GroupScale)));
            for (int half = 0; half < 2; half++, v += 32, terms += 4 * QuantizedRows.Terms)
            {
                StreamPrefetch.Ahead(first + (half * 4 * BlockBytes), apart, 2 * BlockBytes);
                StreamPrefetch.Ahead(first + (((half * 4) + 2) * BlockBytes), apart, 2 * BlockBytes);
                sum0 = FourRuns(first + (half * 512), first + GroupHighBits + (half * 256), v, small + (4 * half), scale0, terms, sum0);
                sum1 = FourRuns(first + apart + (half * 512), first + apart + GroupHighBits + (half * 256), v, small + 8 + (4 * half), scale1, terms, sum1);
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
        Vector256<short>* small = stackalloc Vector256<short>[8];
        int* v = (int*)x;
        byte* from = group + ((nint)(firstRun / 8) * GroupBlockBytes);
        for (; runs > 0; runs -= 8, from += GroupBlockBytes)
        {
            SmallScalesOf(from + GroupSmallScales, small);
            Vector256<float> scale = BlockLanes.Widen(Vector128.Load((ushort*)(from + GroupScale)));
            for (int run = 0; run < 8; run++, terms += QuantizedRows.Terms * BlockTile.TileRows)
            {
                StreamPrefetch.Ahead(from + (run * BlockBytes), BlockBytes);
                Vector128<ushort> low = Vector128.CreateScalar((ushort)(run % 4 / 2 * 4)), high = Vector128.CreateScalar((ushort)(run % 4 * 2));
                byte* w = from + (run / 4 * 512) + (run % 2 * 256), h = from + GroupHighBits + (run / 4 * 256);
                Vector256<int> pairs = small[run].AsInt32();
                Vector256<int> first = Avx2.ShiftLeftLogical(pairs, 16) | (pairs & Vector256.Create(0xFFFF)), second = Avx2.ShiftRightLogical(pairs, 16) | (pairs & Vector256.Create(unchecked((int)0xFFFF0000)));
                Vector256<short> bias = Vector256<short>.Zero - Avx2.ShiftLeftLogical(small[run], 5);
                int* halves = (int*)terms + (3 * BlockTile.TileRows);
                Vector256<int> a0 = Avx2.MultiplyAddAdjacent(bias, Four(halves).AsInt16()), a1 = Avx2.MultiplyAddAdjacent(bias, Four(halves + 1).AsInt16());
                Vector256<int> a2 = Avx2.MultiplyAddAdjacent(bias, Four(halves + 2).AsInt16()), a3 = Avx2.MultiplyAddAdjacent(bias, Four(halves + 3).AsInt16());
                for (int two = 0; two < 4; two++, w += 64, h += 64, v += 2 * BlockTile.TileRows)
                {
                    Vector256<short> scales = (two < 2 ? first : second).AsInt16();
                    Vector256<byte> p = Six(w, h, low, high), q = Six(w + 32, h + 32, low, high);
                    a0 = IntegerDot.AddWords(a0, Avx2.MultiplyAddAdjacent(p, Four(v)) + Avx2.MultiplyAddAdjacent(q, Four(v + 4)), scales);
                    a1 = IntegerDot.AddWords(a1, Avx2.MultiplyAddAdjacent(p, Four(v + 1)) + Avx2.MultiplyAddAdjacent(q, Four(v + 5)), scales);
                    a2 = IntegerDot.AddWords(a2, Avx2.MultiplyAddAdjacent(p, Four(v + 2)) + Avx2.MultiplyAddAdjacent(q, Four(v + 6)), scales);
                    a3 = IntegerDot.AddWords(a3, Avx2.MultiplyAddAdjacent(p, Four(v + 3)) + Avx2.MultiplyAddAdjacent(q, Four(v + 7)), scales);
                }

                BlockLanes.Add(a0, scale, terms, sums);
                BlockLanes.Add(a1, scale, terms + 1, sums + BlockTile.PanelOutputs);
                BlockLanes.Add(a2, scale, terms + 2, sums + (2 * BlockTile.PanelOutputs));
                BlockLanes.Add(a3, scale, terms + 3, sums + (3 * BlockTile.PanelOutputs));
            }
        }
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void UnpackLanes(byte* group, int firstRun, int runs, byte* panel, int half)
    {
        Vector256<short>* small = stackalloc Vector256<short>[8];
        for (int run = 0; run < runs; run++, panel += PanelRunBytes)
        {
            int r = (firstRun + run) % 8;
            byte* from = group + ((nint)((firstRun + run) / 8) * GroupBlockBytes);
            if (r == 0)
            {
                SmallScalesOf(from + GroupSmallScales, small);
            }

            Vector128<ushort> low = Vector128.CreateScalar((ushort)(r % 4 / 2 * 4)), high = Vector128.CreateScalar((ushort)(r % 4 * 2));
            byte* w = from + (r / 4 * 512) + (r % 2 * 256), h = from + GroupHighBits + (r / 4 * 256), to = panel + (half * 32);
            for (byte* end = w + 256; w < end; w += 32, h += 32, to += 64)
            {
                Six(w, h, low, high).Store(to);
            }

            StoreFactors(small[r], BlockLanes.Widen(Vector128.Load((ushort*)(from + GroupScale))), panel + IntegerBytes + (half * FactorBytes));
        }
    }

    /// <summary>Half a block: 16 vectors of low bits, 8 of high ones, each of which belongs to two or four runs.</summary>
    /// <remarks>Words hold two steps of four columns (4 · 63 · 127). The first four steps lie in the first half of the runs, whose small scale they share.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Vector256<float> FourRuns(byte* w, byte* h, int* v, Vector256<short>* small, Vector256<float> scale, float* terms, Vector256<float> sum)
    {
        Vector256<int>* kept = stackalloc Vector256<int>[4];
        Vector256<short> ones = Vector256.Create((short)1);
        Vector256<ushort> four = Vector256.Create((ushort)0x0F0F), two = Vector256.Create((ushort)0x3030);
        Vector256<int> a0, a1, a2, a3;
        for (int part = 0; ; part++)
        {
            a0 = a1 = a2 = a3 = default;
            for (int pair = 0; pair < 2; pair++, w += 64, h += 64, v += 2)
            {
                Vector256<ushort> p = Vector256.Load((ushort*)w), q = Vector256.Load((ushort*)(w + 256)), high = Vector256.Load((ushort*)h);
                Vector256<short> s0 = Dot((p & four) | (Avx2.ShiftLeftLogical(high, 4) & two), v);
                Vector256<short> s1 = Dot((q & four) | (Avx2.ShiftLeftLogical(high, 2) & two), v + 8);
                Vector256<short> s2 = Dot((Avx2.ShiftRightLogical(p, 4) & four) | (high & two), v + 16);
                Vector256<short> s3 = Dot((Avx2.ShiftRightLogical(q, 4) & four) | (Avx2.ShiftRightLogical(high, 2) & two), v + 24);
                p = Vector256.Load((ushort*)(w + 32));
                q = Vector256.Load((ushort*)(w + 288));
                high = Vector256.Load((ushort*)(h + 32));
                s0 += Dot((p & four) | (Avx2.ShiftLeftLogical(high, 4) & two), v + 1);
                s1 += Dot((q & four) | (Avx2.ShiftLeftLogical(high, 2) & two), v + 9);
                s2 += Dot((Avx2.ShiftRightLogical(p, 4) & four) | (high & two), v + 17);
                s3 += Dot((Avx2.ShiftRightLogical(q, 4) & four) | (Avx2.ShiftRightLogical(high, 2) & two), v + 25);
                a0 += Avx2.MultiplyAddAdjacent(s0, ones);
                a1 += Avx2.MultiplyAddAdjacent(s1, ones);
                a2 += Avx2.MultiplyAddAdjacent(s2, ones);
                a3 += Avx2.MultiplyAddAdjacent(s3, ones);
            }

            if (part == 1)
            {
                break;
            }

            kept[0] = a0;
            kept[1] = a1;
            kept[2] = a2;
            kept[3] = a3;
        }

        sum = Add(kept[0], a0, small[0], scale, terms, sum);
        sum = Add(kept[1], a1, small[1], scale, terms + QuantizedRows.Terms, sum);
        sum = Add(kept[2], a2, small[2], scale, terms + (2 * QuantizedRows.Terms), sum);
        return Add(kept[3], a3, small[3], scale, terms + (3 * QuantizedRows.Terms), sum);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<short> Dot(Vector256<ushort> six, int* v) => Avx2.MultiplyAddAdjacent(six.AsByte(), Four(v));

    /// <summary>Adds a run: small scales and bias go into its integer.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Add(Vector256<int> a, Vector256<int> b, Vector256<short> small, Vector256<float> scale, float* terms, Vector256<float> sum)
    {
        Vector256<int> first = Avx2.ShiftRightArithmetic(Avx2.ShiftLeftLogical(small.AsInt32(), 16), 16), second = Avx2.ShiftRightArithmetic(small.AsInt32(), 16);
        Vector256<int> bias = Avx2.ShiftLeftLogical(Avx2.MultiplyAddAdjacent(small, Avx2.BroadcastScalarToVector256((int*)terms + 3).AsInt16()), 5);
        return Fma.MultiplyAdd(Avx.ConvertToVector256Single((a * first) + (b * second) - bias), scale * Avx.BroadcastScalarToVector256(terms), sum);
    }

    /// <summary>Shifts act on 16 bits; what crosses a byte is masked away.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<byte> Six(byte* lowBits, byte* highBits, Vector128<ushort> low, Vector128<ushort> high) =>
        ((Avx2.ShiftRightLogical(Vector256.Load((ushort*)lowBits), low) & Vector256.Create((ushort)0x0F0F))
        | Avx2.ShiftLeftLogical(Avx2.ShiftRightLogical(Vector256.Load((ushort*)highBits), high) & Vector256.Create((ushort)0x0303), 4)).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void SmallScalesOf(byte* scales, Vector256<short>* pairs)
    {
        StorePairs(Vector256.Load((int*)scales), pairs);
        StorePairs(Vector256.Load((int*)(scales + 32)), pairs + 2);
        StorePairs(Vector256.Load((int*)(scales + 64)), pairs + 4);
        StorePairs(Vector256.Load((int*)(scales + 96)), pairs + 6);
    }
}
