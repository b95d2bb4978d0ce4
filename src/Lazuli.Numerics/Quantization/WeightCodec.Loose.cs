using System.Buffers.Binary;

namespace Lazuli.Numerics;

/// <summary>Blocks of 32 weights that quantisers fall back to: four bits with an offset, five bits without and with.</summary>
public static partial class WeightCodec
{
    private const int Q41Bytes = 20;
    private const int Q50Bytes = 22;
    private const int Q51Bytes = 24;

    /// <summary><c>m = min x</c>, <c>d = (max x − m) / 15</c>, <c>q = ⌊(x − m) / d + ½⌋</c>; the quotient uses the unrounded d and m.</summary>
    private static void QuantizeQ41(ReadOnlySpan<float> row, Span<byte> to)
    {
        Span<byte> q = stackalloc byte[Block];
        for (int b = 0; b < row.Length / Block; b++)
        {
            Span<byte> block = to.Slice(b * Q41Bytes, Q41Bytes);
            QuantizeAboveMinimum(WeightFormat.Q4_1, row.Slice(b * Block, Block), 15, block, q);
            PackNibbles(q, block[4..]);
        }
    }

    /// <summary>As <see cref="QuantizeQ41"/> with 31 for 15.</summary>
    private static void QuantizeQ51(ReadOnlySpan<float> row, Span<byte> to)
    {
        Span<byte> q = stackalloc byte[Block];
        for (int b = 0; b < row.Length / Block; b++)
        {
            Span<byte> block = to.Slice(b * Q51Bytes, Q51Bytes);
            QuantizeAboveMinimum(WeightFormat.Q5_1, row.Slice(b * Block, Block), 31, block, q);
            PackFifthBits(q, block[4..]);
            PackNibbles(q, block[8..]);
        }
    }

    /// <summary><c>d = x* / −16</c> with x* the weight of largest magnitude; <c>q = ⌊x / d + 16.5⌋</c>, at most 31.</summary>
    private static void QuantizeQ50(ReadOnlySpan<float> row, Span<byte> to)
    {
        Span<byte> q = stackalloc byte[Block];
        for (int b = 0; b < row.Length / Block; b++)
        {
            ReadOnlySpan<float> x = row.Slice(b * Block, Block);
            Span<byte> block = to.Slice(b * Q50Bytes, Q50Bytes);
            float largest = 0;
            foreach (float value in x)
            {
                largest = MathF.Abs(value) > MathF.Abs(largest) ? value : largest; // the first of equal ones
            }

            float scale = largest / -16f;
            WriteHalf(WeightFormat.Q5_0, scale, block);
            float inverse = Inverse(scale);
            for (int i = 0; i < Block; i++)
            {
                q[i] = (byte)Math.Min(31, (int)((x[i] * inverse) + 16.5f));
            }

            PackFifthBits(q, block[2..]);
            PackNibbles(q, block[6..]);
        }
    }

    private static void QuantizeAboveMinimum(WeightFormat format, ReadOnlySpan<float> x, int largest, Span<byte> block, Span<byte> q)
    {
        float least = float.MaxValue;
        float most = float.MinValue;
        foreach (float value in x)
        {
            least = value < least ? value : least;
            most = value > most ? value : most;
        }

        float scale = (most - least) / largest;
        WriteHalf(format, scale, block);
        WriteHalf(format, least, block[2..]);
        float inverse = Inverse(scale);
        for (int i = 0; i < Block; i++)
        {
            q[i] = (byte)Math.Min(largest, (int)(((x[i] - least) * inverse) + 0.5f));
        }
    }

    private static void PackNibbles(ReadOnlySpan<byte> q, Span<byte> to)
    {
        for (int i = 0; i < Block / 2; i++)
        {
            to[i] = (byte)((q[i] & 15) | (q[i + (Block / 2)] << 4));
        }
    }

    private static void PackFifthBits(ReadOnlySpan<byte> q, Span<byte> to)
    {
        uint bits = 0;
        for (int i = 0; i < Block; i++)
        {
            bits |= (uint)(q[i] >> 4) << i;
        }

        BinaryPrimitives.WriteUInt32LittleEndian(to, bits);
    }

    /// <summary>Reads blocks of <see cref="StoredBlock"/>, each weight rounded after each step.</summary>
    private static unsafe void DequantizeLoose(WeightFormat format, ReadOnlySpan<byte> row, Span<float> to)
    {
        short* q = stackalloc short[StoredBlock.Length];
        fixed (byte* bytes = row)
        {
            for (int b = 0; b < to.Length / Block; b++)
            {
                StoredBlock.Read(format, bytes, b, q, out float scale, out float offset);
                for (int i = 0; i < Block; i++)
                {
                    to[(b * Block) + i] = (scale * q[i]) - offset;
                }
            }
        }
    }
}
