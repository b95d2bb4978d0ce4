using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Lazuli.Numerics;

/// <content>Weights in lanes: a run of a group is 8 scales and 4 vectors; vector j has columns 4j to 4j + 3 of eight rows in its low nibbles, 16 further in its high ones.</content>
internal readonly unsafe partial struct Q40Kernel
{
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
