using System.Runtime.Intrinsics;

namespace Lazuli.Inference;

/// <summary>A set of byte values.</summary>
internal readonly record struct ByteSet(Vector256<ulong> Bits)
{
    public static ByteSet Empty => default;

    public ByteSet With(byte value)
    {
        Span<ulong> words = stackalloc ulong[4];
        Bits.CopyTo(words);
        words[value >> 6] |= 1UL << (value & 63);
        return new ByteSet(Vector256.Create<ulong>(words));
    }

    public ByteSet Or(ByteSet other) => new(Bits | other.Bits);

    /// <summary>Whether <paramref name="other"/> has every value of this one.</summary>
    public bool IsWithin(in ByteSet other) => Vector256.AndNot(Bits, other.Bits) == Vector256<ulong>.Zero;
}
