using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Lazuli.Numerics;

/// <summary>Moves between "a vector a row" and "a lane a row", for eight rows of weights.</summary>
internal static unsafe class BlockLanes
{
    /// <summary>The halves at one offset of eight rows, as floats. Exact; infinity and NaN read as numbers above 65,504.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Halves(byte** rows, nint at)
    {
        Vector128<ushort> h = Vector128<ushort>.Zero;
        h = Sse2.Insert(h, *(ushort*)(rows[0] + at), 0);
        h = Sse2.Insert(h, *(ushort*)(rows[1] + at), 1);
        h = Sse2.Insert(h, *(ushort*)(rows[2] + at), 2);
        h = Sse2.Insert(h, *(ushort*)(rows[3] + at), 3);
        h = Sse2.Insert(h, *(ushort*)(rows[4] + at), 4);
        h = Sse2.Insert(h, *(ushort*)(rows[5] + at), 5);
        h = Sse2.Insert(h, *(ushort*)(rows[6] + at), 6);
        h = Sse2.Insert(h, *(ushort*)(rows[7] + at), 7);
        return Widen(h);
    }

    /// <summary>Eight halves as floats: exponent and mantissa move to a float's place, which makes them 2⁻¹¹² of their value; the product is exact.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Widen(Vector128<ushort> halves)
    {
        Vector256<int> wide = Avx2.ShiftLeftLogical(Avx2.ConvertToVector256Int32(halves.AsInt16()), 13);
        return (wide & Vector256.Create(unchecked((int)0x8FFFE000))).AsSingle() * Vector256.Create(5.192296858534828e33f);
    }

    /// <summary>Lane r is the sum of vector r's lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Sums(
        Vector256<int> r0, Vector256<int> r1, Vector256<int> r2, Vector256<int> r3, Vector256<int> r4, Vector256<int> r5, Vector256<int> r6, Vector256<int> r7)
    {
        Vector256<int> low = Avx2.HorizontalAdd(Avx2.HorizontalAdd(r0, r1), Avx2.HorizontalAdd(r2, r3));
        Vector256<int> high = Avx2.HorizontalAdd(Avx2.HorizontalAdd(r4, r5), Avx2.HorizontalAdd(r6, r7));
        return Avx2.Permute2x128(low, high, 0x20) + Avx2.Permute2x128(low, high, 0x31);
    }

    /// <summary>Rows of eight 32-bit items become items of eight rows: vector i, at <c>to + i · step</c>, holds item i of each row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Transpose(
        Vector256<int> r0, Vector256<int> r1, Vector256<int> r2, Vector256<int> r3, Vector256<int> r4, Vector256<int> r5, Vector256<int> r6, Vector256<int> r7, byte* to, nint step)
    {
        Vector256<long> t0 = Avx2.UnpackLow(r0, r1).AsInt64(), t1 = Avx2.UnpackHigh(r0, r1).AsInt64();
        Vector256<long> t2 = Avx2.UnpackLow(r2, r3).AsInt64(), t3 = Avx2.UnpackHigh(r2, r3).AsInt64();
        Vector256<long> t4 = Avx2.UnpackLow(r4, r5).AsInt64(), t5 = Avx2.UnpackHigh(r4, r5).AsInt64();
        Vector256<long> t6 = Avx2.UnpackLow(r6, r7).AsInt64(), t7 = Avx2.UnpackHigh(r6, r7).AsInt64();
        Vector256<long> s0 = Avx2.UnpackLow(t0, t2), s1 = Avx2.UnpackHigh(t0, t2), s2 = Avx2.UnpackLow(t1, t3), s3 = Avx2.UnpackHigh(t1, t3);
        Vector256<long> s4 = Avx2.UnpackLow(t4, t6), s5 = Avx2.UnpackHigh(t4, t6), s6 = Avx2.UnpackLow(t5, t7), s7 = Avx2.UnpackHigh(t5, t7);
        Avx2.Permute2x128(s0, s4, 0x20).Store((long*)to);
        Avx2.Permute2x128(s1, s5, 0x20).Store((long*)(to + step));
        Avx2.Permute2x128(s2, s6, 0x20).Store((long*)(to + (2 * step)));
        Avx2.Permute2x128(s3, s7, 0x20).Store((long*)(to + (3 * step)));
        Avx2.Permute2x128(s0, s4, 0x31).Store((long*)(to + (4 * step)));
        Avx2.Permute2x128(s1, s5, 0x31).Store((long*)(to + (5 * step)));
        Avx2.Permute2x128(s2, s6, 0x31).Store((long*)(to + (6 * step)));
        Avx2.Permute2x128(s3, s7, 0x31).Store((long*)(to + (7 * step)));
    }

    /// <summary><c>sums = fma(float(integers), scales · scale_x, sums)</c>: one run of one row and eight outputs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Add(Vector256<int> integers, Vector256<float> scales, float* term, float* sums) =>
        Fma.MultiplyAdd(Avx.ConvertToVector256Single(integers), scales * Avx.BroadcastScalarToVector256(term), Vector256.Load(sums)).Store(sums);
}
