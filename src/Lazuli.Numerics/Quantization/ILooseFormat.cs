using System.Runtime.Intrinsics;

namespace Lazuli.Numerics;

/// <summary>What distinguishes the formats of 32 weights with unsigned integers of at most five bits: weight k is <c>Scale · q[k] + Shift</c>.</summary>
internal unsafe interface ILooseFormat
{
    /// <summary>Bytes of a block of 32 weights.</summary>
    static abstract int BlockBytes { get; }

    /// <summary>The integers of a block in order.</summary>
    static abstract Vector256<byte> Integers(byte* block);

    /// <summary>The shift of eight rows whose scales are <paramref name="scale"/>.</summary>
    static abstract Vector256<float> Shift(byte** rows, nint at, Vector256<float> scale);
}
