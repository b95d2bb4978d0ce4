namespace Lazuli.Numerics;

/// <summary>How the left operand of a product lies in memory: element (i, p) is at <c>i·Row + p·Step + (p / Block)·Jump</c> floats.</summary>
/// <remarks>
/// Row-major with the summed index contiguous is (stride, 1): it is used where it lies, unpacked. A packed panel is (1, MR).
/// Blocks with a jump describe operands that were written in panels by an earlier product.
/// </remarks>
internal readonly record struct LeftLayout(nint Row, nint Step, nint Block, nint Jump)
{
    public static LeftLayout Plain(nint row, nint step) => new(row, step, nint.MaxValue, 0);
}
