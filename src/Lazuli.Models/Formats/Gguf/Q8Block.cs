using System.Buffers.Binary;

namespace Lazuli.Models;

/// <summary>Quantises to Q8_0 blocks: <c>d = max|x| / 127</c>, stored as binary16, then 32 bytes <c>q = round(x / d)</c>, ties away from zero; a value reads back as <c>d · q</c>.</summary>
/// <remarks>The quotient uses the unrounded <c>d</c>, as the reference quantiser does, so that both make the same bytes.</remarks>
internal static class Q8Block
{
    /// <summary>Values of a block.</summary>
    public const int Values = 32;

    /// <summary>Bytes of a block.</summary>
    public const int Bytes = 34;

    /// <summary>Quantises a row whose length is a multiple of <see cref="Values"/>.</summary>
    /// <exception cref="ArgumentException">A value is not finite, or a block needs a scale beyond binary16.</exception>
    public static void Quantize(string tensor, ReadOnlySpan<float> row, Span<byte> blocks)
    {
        for (int b = 0; b < row.Length / Values; b++)
        {
            ReadOnlySpan<float> x = row.Slice(b * Values, Values);
            Span<byte> block = blocks.Slice(b * Bytes, Bytes);
            float largest = 0;
            foreach (float value in x)
            {
                largest = MathF.Max(largest, MathF.Abs(value)); // NaN wins, and is refused below
            }

            float scale = largest / 127f;
            Half stored = (Half)scale;
            if (!Half.IsFinite(stored))
            {
                throw new ArgumentException($"Tensor '{tensor}' holds {largest}, which Q8_0 cannot hold; write it as F32.", nameof(row));
            }

            float inverse = scale == 0 ? 0 : 1f / scale;
            if (!float.IsFinite(inverse))
            {
                inverse = 0; // values below 2^-121: the stored scale is 0 as well
            }

            BinaryPrimitives.WriteHalfLittleEndian(block, stored);
            for (int i = 0; i < Values; i++)
            {
                block[2 + i] = (byte)(sbyte)MathF.Round(x[i] * inverse, MidpointRounding.AwayFromZero);
            }
        }
    }
}
