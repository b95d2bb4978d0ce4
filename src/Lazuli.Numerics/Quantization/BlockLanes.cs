using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Lazuli.Numerics;

/// <summary>Moves between "a vector a row" and "a lane a row", for eight rows of weights.</summary>
internal static unsafe class BlockLanes
{
    /// <summary>The half at the beginning of sixteen bytes of each of eight rows: a tree of shuffles, since inserting words from memory one by one takes three times as long.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<ushort> Halves(byte* p0, byte* p1, byte* p2, byte* p3, byte* p4, byte* p5, byte* p6, byte* p7)
    {
        Vector128<int> a = Sse2.UnpackLow(Vector128.Load((ushort*)p0), Vector128.Load((ushort*)p1)).AsInt32(), b = Sse2.UnpackLow(Vector128.Load((ushort*)p2), Vector128.Load((ushort*)p3)).AsInt32();
        Vector128<int> c = Sse2.UnpackLow(Vector128.Load((ushort*)p4), Vector128.Load((ushort*)p5)).AsInt32(), d = Sse2.UnpackLow(Vector128.Load((ushort*)p6), Vector128.Load((ushort*)p7)).AsInt32();
        return Sse2.UnpackLow(Sse2.UnpackLow(a, b).AsInt64(), Sse2.UnpackLow(c, d).AsInt64()).AsUInt16();
    }

    /// <summary>As <see cref="Halves"/>, of the half that ends sixteen bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<ushort> LastHalves(byte* p0, byte* p1, byte* p2, byte* p3, byte* p4, byte* p5, byte* p6, byte* p7)
    {
        Vector128<int> a = Sse2.UnpackHigh(Vector128.Load((ushort*)p0), Vector128.Load((ushort*)p1)).AsInt32(), b = Sse2.UnpackHigh(Vector128.Load((ushort*)p2), Vector128.Load((ushort*)p3)).AsInt32();
        Vector128<int> c = Sse2.UnpackHigh(Vector128.Load((ushort*)p4), Vector128.Load((ushort*)p5)).AsInt32(), d = Sse2.UnpackHigh(Vector128.Load((ushort*)p6), Vector128.Load((ushort*)p7)).AsInt32();
        return Sse2.UnpackHigh(Sse2.UnpackHigh(a, b).AsInt64(), Sse2.UnpackHigh(c, d).AsInt64()).AsUInt16();
    }

    /// <summary>Eight halves as floats: exponent and mantissa move to a float's place, which makes them 2⁻¹¹² of their value; the product is exact. Infinity and NaN read as numbers above 65,504.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Widen(Vector128<ushort> halves)
    {
        Vector256<int> wide = Avx2.ShiftLeftLogical(Avx2.ConvertToVector256Int32(halves.AsInt16()), 13);
        return Restore((wide & Vector256.Create(unchecked((int)0x8FFFE000))).AsSingle());
    }

    /// <summary>Times 2¹¹². Halves below 2⁻¹⁴ are subnormal floats here, which Zen multiplies ten times slower unless the multiplication is part of a fused one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Restore(Vector256<float> shifted) =>
        Fma.MultiplyAdd(shifted, Vector256.Create(5.192296858534828e33f), Vector256<float>.Zero);

    /// <summary>Lane r is the sum of vector r's lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Sums(
        Vector256<int> r0, Vector256<int> r1, Vector256<int> r2, Vector256<int> r3, Vector256<int> r4, Vector256<int> r5, Vector256<int> r6, Vector256<int> r7)
    {
        Vector256<int> low = Avx2.HorizontalAdd(Avx2.HorizontalAdd(r0, r1), Avx2.HorizontalAdd(r2, r3));
        Vector256<int> high = Avx2.HorizontalAdd(Avx2.HorizontalAdd(r4, r5), Avx2.HorizontalAdd(r6, r7));
        return Avx2.Permute2x128(low, high, 0x20) + Avx2.Permute2x128(low, high, 0x31);
    }

    /// <summary>As <see cref="Sums"/>, of 16-bit lanes of at most 8,191: four of them still fit.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> SumsOfWords(
        Vector256<short> r0, Vector256<short> r1, Vector256<short> r2, Vector256<short> r3, Vector256<short> r4, Vector256<short> r5, Vector256<short> r6, Vector256<short> r7)
    {
        Vector256<int> low = SumsOfHalves(r0, r1, r2, r3), high = SumsOfHalves(r4, r5, r6, r7);
        return Avx2.Permute2x128(low, high, 0x20) + Avx2.Permute2x128(low, high, 0x31);
    }

    /// <summary>In each half: lane r is the sum of that half of row r, 16-bit lanes of at most 8,191.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> SumsOfHalves(Vector256<short> r0, Vector256<short> r1, Vector256<short> r2, Vector256<short> r3) =>
        Avx2.MultiplyAddAdjacent(FoldQuarters(FoldHalves(r0, r1), FoldHalves(r2, r3)), Vector256.Create((short)1));

    /// <summary>In each half of the result: four sums of a's half, four of b's.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<short> FoldHalves(Vector256<short> a, Vector256<short> b) =>
        Avx2.UnpackLow(a.AsInt64(), b.AsInt64()).AsInt16() + Avx2.UnpackHigh(a.AsInt64(), b.AsInt64()).AsInt16();

    /// <summary>From [a a b b] and [c c d d] to [a b c d], 32 bits each, items of a kind summed as 16-bit lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<short> FoldQuarters(Vector256<short> ab, Vector256<short> cd) =>
        Avx.Shuffle(ab.AsSingle(), cd.AsSingle(), 0x88).AsInt16() + Avx.Shuffle(ab.AsSingle(), cd.AsSingle(), 0xDD).AsInt16();

    /// <summary>Sixteen bytes at one offset of eight rows, as four vectors: vector i holds 32-bit item i of each row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Quads(byte** rows, nint at, out Vector256<int> q0, out Vector256<int> q1, out Vector256<int> q2, out Vector256<int> q3)
    {
        Vector256<int> a = Two(rows[0] + at, rows[4] + at), b = Two(rows[1] + at, rows[5] + at), c = Two(rows[2] + at, rows[6] + at), d = Two(rows[3] + at, rows[7] + at);
        Vector256<long> ab0 = Avx2.UnpackLow(a, b).AsInt64(), ab1 = Avx2.UnpackHigh(a, b).AsInt64();
        Vector256<long> cd0 = Avx2.UnpackLow(c, d).AsInt64(), cd1 = Avx2.UnpackHigh(c, d).AsInt64();
        q0 = Avx2.UnpackLow(ab0, cd0).AsInt32();
        q1 = Avx2.UnpackHigh(ab0, cd0).AsInt32();
        q2 = Avx2.UnpackLow(ab1, cd1).AsInt32();
        q3 = Avx2.UnpackHigh(ab1, cd1).AsInt32();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Two(byte* low, byte* high) =>
        Avx2.InsertVector128(Vector128.Load((int*)low).ToVector256Unsafe(), Vector128.Load((int*)high), 1);

    /// <summary>Factors of the eight runs of a block with 6-bit scales and offsets, for eight rows: eight vectors of scales, eight of offsets made negative.</summary>
    /// <remarks>A half times six bits fits a float, so factors are exact. Not inlined: its constants would push the caller's pointers out of registers.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void SixBitFactors(byte** rows, nint at, float* factors)
    {
        Quads(rows, at, out Vector256<int> halves, out Vector256<int> u, out Vector256<int> v, out Vector256<int> w);
        SixBitFactors(halves, u, v, w, factors);
    }

    /// <summary>As the other, for a block of a group in <see cref="WeightLayout.Lanes"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void SixBitFactors(byte* block, float* factors) =>
        SixBitFactors(Vector256.Load((int*)block), Vector256.Load((int*)(block + 32)), Vector256.Load((int*)(block + 64)), Vector256.Load((int*)(block + 96)), factors);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void SixBitFactors(Vector256<int> halves, Vector256<int> u, Vector256<int> v, Vector256<int> w, float* factors)
    {
        Vector256<int> mask = Vector256.Create(unchecked((int)0x8FFFE000)), six = Vector256.Create(0x3F3F3F3F), four = Vector256.Create(0x0F0F0F0F), two = Vector256.Create(0x30303030);
        Vector256<float> scale = Restore((Avx2.ShiftRightArithmetic(Avx2.ShiftLeftLogical(halves, 16), 3) & mask).AsSingle());
        Vector256<float> offset = -Restore((Avx2.ShiftRightArithmetic(halves, 3) & mask).AsSingle());
        StoreFour(u & six, scale, factors);
        StoreFour((w & four) | (Avx2.ShiftRightLogical(u, 2) & two), scale, factors + 32);
        StoreFour(v & six, offset, factors + 64);
        StoreFour((Avx2.ShiftRightLogical(w, 4) & four) | (Avx2.ShiftRightLogical(v, 2) & two), offset, factors + 96);
    }

    /// <summary>Byte i of each lane times the lane's factor, at <c>to + 8i</c>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreFour(Vector256<int> bytes, Vector256<float> factor, float* to)
    {
        Vector256<int> low = Vector256.Create(0xFF);
        (Avx.ConvertToVector256Single(bytes & low) * factor).Store(to);
        (Avx.ConvertToVector256Single(Avx2.ShiftRightLogical(bytes, 8) & low) * factor).Store(to + 8);
        (Avx.ConvertToVector256Single(Avx2.ShiftRightLogical(bytes, 16) & low) * factor).Store(to + 16);
        (Avx.ConvertToVector256Single(Avx2.ShiftRightLogical(bytes, 24)) * factor).Store(to + 24);
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

    /// <summary>As <see cref="Add"/>, then <c>sums = fma(offsets, scaled_x, sums)</c>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AddWithOffset(Vector256<int> integers, Vector256<float> scales, float* term, Vector256<float> offsets, float* scaledSum, float* sums)
    {
        Vector256<float> sum = Fma.MultiplyAdd(Avx.ConvertToVector256Single(integers), scales * Avx.BroadcastScalarToVector256(term), Vector256.Load(sums));
        Fma.MultiplyAdd(offsets, Avx.BroadcastScalarToVector256(scaledSum), sum).Store(sums);
    }
}
