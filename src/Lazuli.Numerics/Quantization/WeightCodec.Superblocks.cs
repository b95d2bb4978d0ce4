using System.Runtime.Intrinsics;

namespace Lazuli.Numerics;

/// <summary>Superblocks of 256 weights whose blocks have small integer scales.</summary>
public static partial class WeightCodec
{
    private const int Superblock = 256;
    private const int Blocks = Superblock / Block;
    private const int ScalesOffset = 4;
    private const int ScalesBytes = 12;
    private const int Q4KBytes = 144;
    private const int Q5KBytes = 176;
    private const int Q6KBytes = 210;
    private const int Q6KBlock = 16;
    private const int Q6KHigh = 128;
    private const int Q6KScales = 192;
    private const int Q6KScale = 208;

    private static void QuantizeQ4K(ReadOnlySpan<float> row, Span<byte> to)
    {
        Span<byte> q = stackalloc byte[Superblock];
        for (int b = 0; b < row.Length / Superblock; b++)
        {
            Span<byte> block = to.Slice(b * Q4KBytes, Q4KBytes);
            QuantizeWithMinima(WeightFormat.Q4_K, row.Slice(b * Superblock, Superblock), block, q, largest: 15, firstStep: -1f, steps: 20);
            PackLowNibbles(q, block[(ScalesOffset + ScalesBytes)..]);
        }
    }

    private static void QuantizeQ5K(ReadOnlySpan<float> row, Span<byte> to)
    {
        Span<byte> q = stackalloc byte[Superblock];
        for (int b = 0; b < row.Length / Superblock; b++)
        {
            Span<byte> block = to.Slice(b * Q5KBytes, Q5KBytes);
            QuantizeWithMinima(WeightFormat.Q5_K, row.Slice(b * Superblock, Superblock), block, q, largest: 31, firstStep: -0.5f, steps: 15);
            Span<byte> fifth = block.Slice(ScalesOffset + ScalesBytes, Block);
            fifth.Clear();
            for (int i = 0; i < Superblock; i++)
            {
                fifth[i % Block] |= (byte)((q[i] >> 4) << (i / Block)); // bit j of byte l belongs to weight l of block j
            }

            PackLowNibbles(q, block[(ScalesOffset + ScalesBytes + Block)..]);
        }
    }

    /// <summary>Scales, minima and integers of a superblock in which a weight is <c>d·s·q − m·t</c>: d and m as binary16, s and t in six bits.</summary>
    private static void QuantizeWithMinima(WeightFormat format, ReadOnlySpan<float> x, Span<byte> block, Span<byte> q, int largest, float firstStep, int steps)
    {
        Span<Vector256<float>> columns = stackalloc Vector256<float>[Block];
        Span<Vector256<float>> integers = stackalloc Vector256<float>[Block];
        Transpose(x, columns);
        Vector256<float> scales = SearchScalesAndMinima(columns, integers, largest, firstStep, steps, out Vector256<float> minima);
        float largestScale = 0;
        float largestMinimum = 0;
        for (int j = 0; j < Blocks; j++)
        {
            largestScale = MathF.Max(largestScale, scales[j]);
            largestMinimum = MathF.Max(largestMinimum, minima[j]);
        }

        float d = WriteHalf(format, largestScale / 63f, block);
        float m = WriteHalf(format, largestMinimum / 63f, block[2..]);
        float inverseScale = largestScale > 0 ? 63f / largestScale : 0;
        float inverseMinimum = largestMinimum > 0 ? 63f / largestMinimum : 0;
        Span<byte> packed = block.Slice(ScalesOffset, ScalesBytes);
        packed.Clear();
        for (int j = 0; j < Blocks; j++)
        {
            PackScale(packed, j, Math.Clamp(Nearest(inverseScale * scales[j]), 0, 63), Math.Clamp(Nearest(inverseMinimum * minima[j]), 0, 63));
        }

        RoundToScales(columns, integers, packed, d, m, largest);
        Untranspose(integers, q, offset: 0);
    }

    /// <summary>The integers once more, for the scales as they were rounded to six bits; where a scale is 0 those of the search stay, and count for nothing.</summary>
    private static void RoundToScales(ReadOnlySpan<Vector256<float>> columns, Span<Vector256<float>> integers, ReadOnlySpan<byte> packed, float d, float m, int largest)
    {
        Vector256<float> scale = Vector256<float>.Zero;
        Vector256<float> minimum = Vector256<float>.Zero;
        for (int j = 0; j < Blocks; j++)
        {
            (int s, int t) = UnpackScale(packed, j);
            scale = scale.WithElement(j, d * s);
            minimum = minimum.WithElement(j, m * t);
        }

        Vector256<float> isNothing = Vector256.Equals(scale, Vector256<float>.Zero);
        Vector256<float> highest = Vector256.Create((float)largest);
        for (int i = 0; i < Block; i++)
        {
            Vector256<float> rounded = Vector256.Max(Vector256<float>.Zero, Vector256.Min(highest, Vector256.Round((columns[i] + minimum) / scale)));
            integers[i] = Vector256.ConditionalSelect(isNothing, integers[i], rounded);
        }
    }

    private static void DequantizeQ4K(ReadOnlySpan<byte> row, Span<float> to)
    {
        for (int b = 0; b < to.Length / Superblock; b++)
        {
            ReadOnlySpan<byte> block = row.Slice(b * Q4KBytes, Q4KBytes);
            DequantizeWithMinima(block, [], block[(ScalesOffset + ScalesBytes)..], to.Slice(b * Superblock, Superblock));
        }
    }

    private static void DequantizeQ5K(ReadOnlySpan<byte> row, Span<float> to)
    {
        for (int b = 0; b < to.Length / Superblock; b++)
        {
            ReadOnlySpan<byte> block = row.Slice(b * Q5KBytes, Q5KBytes);
            DequantizeWithMinima(block, block.Slice(ScalesOffset + ScalesBytes, Block), block[(ScalesOffset + ScalesBytes + Block)..], to.Slice(b * Superblock, Superblock));
        }
    }

    private static void DequantizeWithMinima(ReadOnlySpan<byte> block, ReadOnlySpan<byte> fifth, ReadOnlySpan<byte> low, Span<float> x)
    {
        float d = ReadHalf(block);
        float m = ReadHalf(block[2..]);
        for (int j = 0; j < Blocks; j++)
        {
            (int s, int t) = UnpackScale(block.Slice(ScalesOffset, ScalesBytes), j);
            float scale = d * s;
            float minimum = m * t;
            ReadOnlySpan<byte> bytes = low.Slice(j / 2 * Block, Block);
            for (int i = 0; i < Block; i++)
            {
                int q = (bytes[i] >> (j % 2 * 4)) & 15;
                q += fifth.IsEmpty ? 0 : ((fifth[i] >> j) & 1) << 4;
                x[(j * Block) + i] = (scale * q) - minimum;
            }
        }
    }

    /// <summary>Blocks 2j and 2j + 1 share bytes: the first has the low, the second the high four bits.</summary>
    private static void PackLowNibbles(ReadOnlySpan<byte> q, Span<byte> to)
    {
        for (int i = 0; i < Superblock / 2; i++)
        {
            int first = (i / Block * 2 * Block) + (i % Block);
            to[i] = (byte)((q[first] & 15) | (q[first + Block] << 4));
        }
    }

    /// <summary>
    /// Eight pairs of six bits in twelve bytes: of blocks 0–3 the scale is in byte j and the minimum in byte j + 4, low six bits;
    /// of blocks 4–7 the low four bits are the nibbles of byte j + 4, the upper two the upper bits of bytes j − 4 and j.
    /// </summary>
    private static void PackScale(Span<byte> packed, int j, int scale, int minimum)
    {
        if (j < 4)
        {
            packed[j] = (byte)scale;
            packed[j + 4] = (byte)minimum;
            return;
        }

        packed[j + 4] = (byte)((scale & 15) | ((minimum & 15) << 4));
        packed[j - 4] |= (byte)((scale >> 4) << 6);
        packed[j] |= (byte)((minimum >> 4) << 6);
    }

    private static (int Scale, int Minimum) UnpackScale(ReadOnlySpan<byte> packed, int j) => j < 4
        ? (packed[j] & 63, packed[j + 4] & 63)
        : ((packed[j + 4] & 15) | ((packed[j - 4] >> 6) << 4), (packed[j + 4] >> 4) | ((packed[j] >> 6) << 4));

    private static void QuantizeQ6K(ReadOnlySpan<float> row, Span<byte> to)
    {
        Span<byte> q = stackalloc byte[Superblock];
        Span<float> scales = stackalloc float[Superblock / Q6KBlock];
        Span<Vector256<float>> columns = stackalloc Vector256<float>[Q6KBlock];
        Span<Vector256<float>> integers = stackalloc Vector256<float>[Q6KBlock];
        for (int b = 0; b < row.Length / Superblock; b++)
        {
            ReadOnlySpan<float> x = row.Slice(b * Superblock, Superblock);
            Span<byte> block = to.Slice(b * Q6KBytes, Q6KBytes);
            foreach (float value in x)
            {
                if (MathF.Abs(value) > 1e9f)
                {
                    WriteHalf(WeightFormat.Q6_K, value, block[Q6KScale..]); // refuses: its scale is beyond binary16, and the sums of the search may overflow
                }
            }

            for (int half = 0; half < 2; half++)
            {
                Transpose(x.Slice(half * 128, 128), columns);
                SearchScales(columns, integers, 32).CopyTo(scales[(half * Lanes)..]);
                Untranspose(integers, q.Slice(half * 128, 128), offset: 32);
            }

            float largest = 0;
            foreach (float scale in scales)
            {
                largest = MathF.Abs(scale) > MathF.Abs(largest) ? scale : largest;
            }

            if (MathF.Abs(largest) < Negligible)
            {
                block.Clear();
                continue;
            }

            float inverse = -128f / largest;
            float d = WriteHalf(WeightFormat.Q6_K, 1 / inverse, block[Q6KScale..]);
            for (int j = 0; j < scales.Length; j++)
            {
                int s = Math.Min(127, Nearest(inverse * scales[j]));
                block[Q6KScales + j] = (byte)(sbyte)s;
                float scale = d * s;
                for (int i = j * Q6KBlock; scale != 0 && i < (j + 1) * Q6KBlock; i++)
                {
                    q[i] = (byte)(Math.Clamp(Nearest(x[i] / scale), -32, 31) + 32);
                }
            }

            PackQ6K(q, block);
        }
    }

    /// <summary>In each half of 128: byte l has the low bits of weights l and l + 64, byte l + 32 those of l + 32 and l + 96; high byte l the high bits of all four.</summary>
    private static void PackQ6K(ReadOnlySpan<byte> q, Span<byte> block)
    {
        for (int half = 0; half < 2; half++)
        {
            ReadOnlySpan<byte> x = q.Slice(half * 128, 128);
            Span<byte> low = block.Slice(half * 64, 64);
            Span<byte> high = block.Slice(Q6KHigh + (half * 32), 32);
            for (int l = 0; l < 32; l++)
            {
                low[l] = (byte)((x[l] & 15) | (x[l + 64] << 4));
                low[l + 32] = (byte)((x[l + 32] & 15) | (x[l + 96] << 4));
                high[l] = (byte)((x[l] >> 4) | ((x[l + 32] >> 4) << 2) | ((x[l + 64] >> 4) << 4) | ((x[l + 96] >> 4) << 6));
            }
        }
    }

    private static void DequantizeQ6K(ReadOnlySpan<byte> row, Span<float> to)
    {
        for (int b = 0; b < to.Length / Superblock; b++)
        {
            ReadOnlySpan<byte> block = row.Slice(b * Q6KBytes, Q6KBytes);
            Span<float> x = to.Slice(b * Superblock, Superblock);
            float d = ReadHalf(block[Q6KScale..]);
            for (int i = 0; i < Superblock; i++)
            {
                int half = i / 128;
                int quarter = i % 128 / 32;
                int l = i % 32;
                int low = (block[(half * 64) + (quarter % 2 * 32) + l] >> (quarter / 2 * 4)) & 15;
                int high = (block[Q6KHigh + (half * 32) + l] >> (quarter * 2)) & 3;
                x[i] = d * (sbyte)block[Q6KScales + (i / Q6KBlock)] * ((low | (high << 4)) - 32);
            }
        }
    }
}
