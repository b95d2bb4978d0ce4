namespace Lazuli.Numerics;

/// <summary>Blocks of 32 weights with one scale.</summary>
public static partial class WeightCodec
{
    private const int Block = 32;
    private const int Q8Bytes = 34;
    private const int Q4Bytes = 18;

    /// <summary><c>d = max|x| / 127</c>, <c>q = round(x / d)</c>, ties away from zero; the quotient uses the unrounded d.</summary>
    private static void QuantizeQ8(ReadOnlySpan<float> row, Span<byte> to)
    {
        for (int b = 0; b < row.Length / Block; b++)
        {
            ReadOnlySpan<float> x = row.Slice(b * Block, Block);
            Span<byte> block = to.Slice(b * Q8Bytes, Q8Bytes);
            float largest = 0;
            foreach (float value in x)
            {
                largest = MathF.Max(largest, MathF.Abs(value));
            }

            float scale = largest / 127f;
            WriteHalf(WeightFormat.Q8_0, scale, block);
            float inverse = Inverse(scale);
            for (int i = 0; i < Block; i++)
            {
                block[2 + i] = (byte)(sbyte)MathF.Round(x[i] * inverse, MidpointRounding.AwayFromZero);
            }
        }
    }

    private static void DequantizeQ8(ReadOnlySpan<byte> row, Span<float> to)
    {
        for (int b = 0; b < to.Length / Block; b++)
        {
            ReadOnlySpan<byte> block = row.Slice(b * Q8Bytes, Q8Bytes);
            Span<float> x = to.Slice(b * Block, Block);
            float scale = ReadHalf(block);
            for (int i = 0; i < Block; i++)
            {
                x[i] = scale * (sbyte)block[2 + i];
            }
        }
    }

    /// <summary><c>d = x* / −8</c> with x* the weight of largest magnitude, which thus is stored exactly; <c>q = ⌊x / d + 8.5⌋</c>, at most 15.</summary>
    private static void QuantizeQ4(ReadOnlySpan<float> row, Span<byte> to)
    {
        for (int b = 0; b < row.Length / Block; b++)
        {
            ReadOnlySpan<float> x = row.Slice(b * Block, Block);
            Span<byte> block = to.Slice(b * Q4Bytes, Q4Bytes);
            float largest = 0;
            foreach (float value in x)
            {
                largest = MathF.Abs(value) > MathF.Abs(largest) ? value : largest; // the first of equal ones
            }

            float scale = largest / -8f;
            WriteHalf(WeightFormat.Q4_0, scale, block);
            float inverse = Inverse(scale);
            for (int i = 0; i < Block / 2; i++)
            {
                int low = Math.Min(15, (int)((x[i] * inverse) + 8.5f));
                int high = Math.Min(15, (int)((x[i + (Block / 2)] * inverse) + 8.5f));
                block[2 + i] = (byte)(low | (high << 4));
            }
        }
    }

    private static void DequantizeQ4(ReadOnlySpan<byte> row, Span<float> to)
    {
        for (int b = 0; b < to.Length / Block; b++)
        {
            ReadOnlySpan<byte> block = row.Slice(b * Q4Bytes, Q4Bytes);
            Span<float> x = to.Slice(b * Block, Block);
            float scale = ReadHalf(block);
            for (int i = 0; i < Block / 2; i++)
            {
                x[i] = scale * ((block[2 + i] & 15) - 8);
                x[i + (Block / 2)] = scale * ((block[2 + i] >> 4) - 8);
            }
        }
    }

    /// <summary>1 / scale; 0 where that is no number, for scales so small that they are stored as 0 as well.</summary>
    private static float Inverse(float scale)
    {
        float inverse = scale == 0 ? 0 : 1f / scale;
        return float.IsFinite(inverse) ? inverse : 0;
    }
}
