using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Lazuli.Numerics;

/// <summary>Parts of blocks that <see cref="ILooseFormat"/>s share.</summary>
internal static unsafe class LooseBlock
{
    /// <summary>Sixteen bytes of nibbles as 32 integers: the low ones, then the high.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> Nibbles(byte* bytes)
    {
        Vector128<ushort> both = Vector128.Load((ushort*)bytes);
        return Vector256.Create(both, Sse2.ShiftRightLogical(both, 4)).AsByte() & Vector256.Create((byte)15);
    }

    /// <summary>Thirty-two bits as 16 or 0 a byte, the lowest bit first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> FifthBits(byte* bits)
    {
        // Each lane of 16 bytes holds all four bytes of the bits; byte i takes the one of its bit.
        Vector256<byte> spread = Avx2.Shuffle(
            Avx2.BroadcastScalarToVector256((uint*)bits).AsByte(),
            Vector256.Create((byte)0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3, 3, 3, 3));
        Vector256<byte> bit = Vector256.Create(0x8040_2010_0804_0201UL).AsByte();
        return Avx2.CompareEqual(spread & bit, bit) & Vector256.Create((byte)16);
    }

    /// <summary>The half at a place of eight rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Halves(byte** rows, nint at) => BlockLanes.Widen(
        BlockLanes.Halves(rows[0] + at, rows[1] + at, rows[2] + at, rows[3] + at, rows[4] + at, rows[5] + at, rows[6] + at, rows[7] + at));
}

/// <summary><see cref="WeightFormat.Q4_1"/>.</summary>
internal readonly unsafe struct Q41Format : ILooseFormat
{
    public static int BlockBytes => 20;

    public static Vector256<byte> Integers(byte* block) => LooseBlock.Nibbles(block + 4);

    public static Vector256<float> Shift(byte** rows, nint at, Vector256<float> scale) => LooseBlock.Halves(rows, at + 2);
}

/// <summary><see cref="WeightFormat.Q5_0"/>.</summary>
internal readonly unsafe struct Q50Format : ILooseFormat
{
    public static int BlockBytes => 22;

    public static Vector256<byte> Integers(byte* block) => LooseBlock.Nibbles(block + 6) | LooseBlock.FifthBits(block + 2);

    public static Vector256<float> Shift(byte** rows, nint at, Vector256<float> scale) => scale * Vector256.Create(-16f);
}

/// <summary><see cref="WeightFormat.Q5_1"/>.</summary>
internal readonly unsafe struct Q51Format : ILooseFormat
{
    public static int BlockBytes => 24;

    public static Vector256<byte> Integers(byte* block) => LooseBlock.Nibbles(block + 8) | LooseBlock.FifthBits(block + 4);

    public static Vector256<float> Shift(byte** rows, nint at, Vector256<float> scale) => LooseBlock.Halves(rows, at + 2);
}
