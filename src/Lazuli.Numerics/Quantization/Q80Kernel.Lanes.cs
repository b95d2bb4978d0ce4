using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Lazuli.Numerics;

/// <content>Weights in lanes: a run of a group is 8 scales and 16 pieces of 16 bytes, each two columns of eight rows.</content>
internal readonly unsafe partial struct Q80Kernel
{
    public static int MostDirectTiles => 6;

    private const int GroupRunBytes = BlockBytes * LaneLayout.GroupRows;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void StreamLanes(byte* first, byte* second, int runs, void* x, float* terms, float* sums)
    {
        int* v = (int*)x;
        Vector256<float> sum0 = default, sum1 = default;
        nint apart = (nint)(second - first);
        for (; runs > 0; runs--)
        {
            StreamPrefetch.Ahead(first, apart, GroupRunBytes);
            Vector256<int> a0 = default, a1 = default, b0 = default, b1 = default;
            byte* w = first + 16;
            int* end = v + 16;
            do
            {
                Vector256<short> p = Pair(v), q = Pair(v + 1);
                a0 = IntegerDot.AddWords(a0, Widened(w), p);
                b0 = IntegerDot.AddWords(b0, Widened(w + apart), p);
                a1 = IntegerDot.AddWords(a1, Widened(w + 16), q);
                b1 = IntegerDot.AddWords(b1, Widened(w + apart + 16), q);
                p = Pair(v + 2);
                q = Pair(v + 3);
                a0 = IntegerDot.AddWords(a0, Widened(w + 32), p);
                b0 = IntegerDot.AddWords(b0, Widened(w + apart + 32), p);
                a1 = IntegerDot.AddWords(a1, Widened(w + 48), q);
                b1 = IntegerDot.AddWords(b1, Widened(w + apart + 48), q);
                w += 64;
                v += 4;
            }
            while (v < end);

            Vector256<float> scale = Avx.BroadcastScalarToVector256(terms);
            sum0 = Fma.MultiplyAdd(Avx.ConvertToVector256Single(a0 + a1), BlockLanes.Widen(Vector128.Load((ushort*)first)) * scale, sum0);
            sum1 = Fma.MultiplyAdd(Avx.ConvertToVector256Single(b0 + b1), BlockLanes.Widen(Vector128.Load((ushort*)(first + apart))) * scale, sum1);
            first += GroupRunBytes;
            terms += QuantizedRows.Terms;
        }

        sum0.Store(sums);
        sum1.Store(sums + 8);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void MultiplyLanes(byte* first, byte* second, int firstRun, int runs, void* x, float* terms, float* sums)
    {
        int* v = (int*)x;
        nint apart = (nint)(second - first);
        first += (nint)firstRun * GroupRunBytes;
        for (; runs > 0; runs--, first += GroupRunBytes, terms += QuantizedRows.Terms * BlockTile.TileRows)
        {
            StreamPrefetch.Ahead(first, apart, GroupRunBytes);
            Vector256<int> a00 = default, a01 = default, a10 = default, a11 = default, a20 = default, a21 = default, a30 = default, a31 = default;
            byte* w = first + 16;
            int* end = v + (16 * BlockTile.TileRows);
            do
            {
                Vector256<short> w0 = Widened(w), w1 = Widened(w + apart), b = Pair(v);
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
                w0 = Widened(w + 16);
                w1 = Widened(w + apart + 16);
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
                w += 32;
                v += 2 * BlockTile.TileRows;
            }
            while (v < end);

            Vector256<float> s0 = BlockLanes.Widen(Vector128.Load((ushort*)first)), s1 = BlockLanes.Widen(Vector128.Load((ushort*)(first + apart)));
            BlockLanes.Add(a00, s0, terms, sums);
            BlockLanes.Add(a01, s1, terms, sums + 8);
            BlockLanes.Add(a10, s0, terms + 1, sums + 16);
            BlockLanes.Add(a11, s1, terms + 1, sums + 24);
            BlockLanes.Add(a20, s0, terms + 2, sums + 32);
            BlockLanes.Add(a21, s1, terms + 2, sums + 40);
            BlockLanes.Add(a30, s0, terms + 3, sums + 48);
            BlockLanes.Add(a31, s1, terms + 3, sums + 56);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void UnpackLanes(byte* group, int firstRun, int runs, byte* panel, int half)
    {
        byte* from = group + ((nint)firstRun * GroupRunBytes);
        for (int run = 0; run < runs; run++, panel += RunBytes, from += GroupRunBytes)
        {
            byte* to = panel + (half * 32);
            for (byte* w = from + 16; w < from + GroupRunBytes; w += 64, to += 256)
            {
                Widened(w).Store((short*)to);
                Widened(w + 16).Store((short*)(to + 64));
                Widened(w + 32).Store((short*)(to + 128));
                Widened(w + 48).Store((short*)(to + 192));
            }

            BlockLanes.Widen(Vector128.Load((ushort*)from)).Store((float*)(panel + 1024) + (half * 8));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<short> Widened(byte* w) => Avx2.ConvertToVector256Int16((sbyte*)w);
}
