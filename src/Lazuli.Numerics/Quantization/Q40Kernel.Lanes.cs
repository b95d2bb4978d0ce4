using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Lazuli.Numerics;

/// <content>Weights in lanes: a run of a group is 8 scales and 4 vectors; vector j has columns 4j to 4j + 3 of eight rows in its low nibbles, 16 further in its high ones.</content>
internal readonly unsafe partial struct Q40Kernel
{
    public static int MostDirectTiles => 6;

    private const int GroupRunBytes = BlockBytes * LaneLayout.GroupRows;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void StreamLanes(byte* first, byte* second, int runs, void* x, float* terms, float* sums)
    {
        int* v = (int*)x;
        Vector256<float> sum0 = default, sum1 = default;
        Vector256<byte> mask = Vector256.Create((byte)15);
        nint apart = (nint)(second - first);
        for (; runs > 0; runs--)
        {
            StreamPrefetch.Ahead(first, apart, GroupRunBytes);
            Vector256<short> a0 = default, a1 = default, b0 = default, b1 = default;
            byte* w = first + 16;
            int* end = v + 4;
            do
            {
                Vector256<sbyte> low = Four(v), high = Four(v + 4);
                Vector256<ushort> p = Vector256.Load((ushort*)w), q = Vector256.Load((ushort*)(w + apart));
                a0 += Avx2.MultiplyAddAdjacent(p.AsByte() & mask, low);
                b0 += Avx2.MultiplyAddAdjacent(q.AsByte() & mask, low);
                a1 += Avx2.MultiplyAddAdjacent(Avx2.ShiftRightLogical(p, 4).AsByte() & mask, high);
                b1 += Avx2.MultiplyAddAdjacent(Avx2.ShiftRightLogical(q, 4).AsByte() & mask, high);
                low = Four(v + 1);
                high = Four(v + 5);
                p = Vector256.Load((ushort*)(w + 32));
                q = Vector256.Load((ushort*)(w + apart + 32));
                a0 += Avx2.MultiplyAddAdjacent(p.AsByte() & mask, low);
                b0 += Avx2.MultiplyAddAdjacent(q.AsByte() & mask, low);
                a1 += Avx2.MultiplyAddAdjacent(Avx2.ShiftRightLogical(p, 4).AsByte() & mask, high);
                b1 += Avx2.MultiplyAddAdjacent(Avx2.ShiftRightLogical(q, 4).AsByte() & mask, high);
                w += 64;
                v += 2;
            }
            while (v < end);

            v += 4;
            Vector256<int> bias = Avx2.BroadcastScalarToVector256((int*)terms + 2);
            Vector256<float> scale = Avx.BroadcastScalarToVector256(terms);
            sum0 = Fma.MultiplyAdd(Avx.ConvertToVector256Single(Whole(a0 + a1) - bias), BlockLanes.Widen(Vector128.Load((ushort*)first)) * scale, sum0);
            sum1 = Fma.MultiplyAdd(Avx.ConvertToVector256Single(Whole(b0 + b1) - bias), BlockLanes.Widen(Vector128.Load((ushort*)(first + apart))) * scale, sum1);
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
        Vector256<byte> mask = Vector256.Create((byte)15);
        for (; runs > 0; runs--, first += GroupRunBytes, v += 16, terms += QuantizedRows.Terms * BlockTile.TileRows)
        {
            StreamPrefetch.Ahead(first, apart, GroupRunBytes);
            Vector256<short> a00 = default, a01 = default, a10 = default, a11 = default, a20 = default, a21 = default, a30 = default, a31 = default;
            byte* w = first + 16;
            int* end = v + 16;
            do
            {
                Vector256<ushort> q0 = Vector256.Load((ushort*)w), q1 = Vector256.Load((ushort*)(w + apart));
                Vector256<byte> w0 = q0.AsByte() & mask, w1 = q1.AsByte() & mask;
                Vector256<sbyte> b = Four(v);
                a00 += Avx2.MultiplyAddAdjacent(w0, b);
                a01 += Avx2.MultiplyAddAdjacent(w1, b);
                b = Four(v + 1);
                a10 += Avx2.MultiplyAddAdjacent(w0, b);
                a11 += Avx2.MultiplyAddAdjacent(w1, b);
                b = Four(v + 2);
                a20 += Avx2.MultiplyAddAdjacent(w0, b);
                a21 += Avx2.MultiplyAddAdjacent(w1, b);
                b = Four(v + 3);
                a30 += Avx2.MultiplyAddAdjacent(w0, b);
                a31 += Avx2.MultiplyAddAdjacent(w1, b);
                w0 = Avx2.ShiftRightLogical(q0, 4).AsByte() & mask;
                w1 = Avx2.ShiftRightLogical(q1, 4).AsByte() & mask;
                b = Four(v + 16);
                a00 += Avx2.MultiplyAddAdjacent(w0, b);
                a01 += Avx2.MultiplyAddAdjacent(w1, b);
                b = Four(v + 17);
                a10 += Avx2.MultiplyAddAdjacent(w0, b);
                a11 += Avx2.MultiplyAddAdjacent(w1, b);
                b = Four(v + 18);
                a20 += Avx2.MultiplyAddAdjacent(w0, b);
                a21 += Avx2.MultiplyAddAdjacent(w1, b);
                b = Four(v + 19);
                a30 += Avx2.MultiplyAddAdjacent(w0, b);
                a31 += Avx2.MultiplyAddAdjacent(w1, b);
                w += 32;
                v += BlockTile.TileRows;
            }
            while (v < end);

            Vector256<float> s0 = BlockLanes.Widen(Vector128.Load((ushort*)first)), s1 = BlockLanes.Widen(Vector128.Load((ushort*)(first + apart)));
            Add(a00, s0, terms, sums);
            Add(a01, s1, terms, sums + 8);
            Add(a10, s0, terms + 1, sums + 16);
            Add(a11, s1, terms + 1, sums + 24);
            Add(a20, s0, terms + 2, sums + 32);
            Add(a21, s1, terms + 2, sums + 40);
            Add(a30, s0, terms + 3, sums + 48);
            Add(a31, s1, terms + 3, sums + 56);
        }
    }

    /// <summary>Adds a run of one of four rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(Vector256<short> words, Vector256<float> scales, float* terms, float* sums) =>
        BlockLanes.Add(Whole(words) - Avx2.BroadcastScalarToVector256((int*)terms + (2 * BlockTile.TileRows)), scales, terms, sums);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void UnpackLanes(byte* group, int firstRun, int runs, byte* panel, int half)
    {
        Vector256<byte> mask = Vector256.Create((byte)15);
        byte* from = group + ((nint)firstRun * GroupRunBytes);
        for (int run = 0; run < runs; run++, panel += PanelRunBytes, from += GroupRunBytes)
        {
            byte* to = panel + (half * 32);
            for (byte* w = from + 16; w < from + GroupRunBytes; w += 32, to += 64)
            {
                Vector256<ushort> q = Vector256.Load((ushort*)w);
                (q.AsByte() & mask).Store(to);
                (Avx2.ShiftRightLogical(q, 4).AsByte() & mask).Store(to + 256);
            }

            BlockLanes.Widen(Vector128.Load((ushort*)from)).Store((float*)(panel + NibbleTile<Q40Kernel>.IntegerBytes) + (half * 8));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<sbyte> Four(int* x) => Avx2.BroadcastScalarToVector256(x).AsSByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Whole(Vector256<short> words) => Avx2.MultiplyAddAdjacent(words, Vector256.Create((short)1));
}
