using System.Buffers.Binary;

namespace Lazuli.Numerics.Tests;

/// <summary>Random rows in a stored format, and what they mean in double precision: written from the format's description, apart from the kernels.</summary>
internal static class StoredRows
{
    public static readonly WeightFormat[] All = Enum.GetValues<WeightFormat>();

    /// <summary>Any bytes are a block, but for the halves, which are made finite: <paramref name="extreme"/> sets every stored integer to its largest size.</summary>
    public static byte[] Random(WeightFormat format, int rows, int columns, int seed, bool extreme = false)
    {
        var random = new Random(seed);
        var bytes = new byte[rows * WeightFormats.RowBytes(format, columns)];
        random.NextBytes(bytes);
        int step = WeightFormats.BlockBytes(format);
        for (int at = 0; at < bytes.Length; at += step)
        {
            Span<byte> block = bytes.AsSpan(at, step);
            if (extreme)
            {
                block.Fill(format == WeightFormat.Q8_0 ? (byte)0x80 : (byte)0xFF);
                if (format == WeightFormat.Q6_K)
                {
                    block[192..208].Fill(0x80);
                }
            }

            switch (format)
            {
                case WeightFormat.F32:
                    BinaryPrimitives.WriteSingleLittleEndian(block, (2 * random.NextSingle()) - 1);
                    break;
                case WeightFormat.F16:
                    WriteHalf(block, random.Next(50) == 0 ? 3e-6f : (2 * random.NextSingle()) - 1); // some subnormal halves
                    break;
                case WeightFormat.BF16:
                    BinaryPrimitives.WriteInt16LittleEndian(block, (short)(BitConverter.SingleToInt32Bits((2 * random.NextSingle()) - 1) >> 16));
                    break;
                case WeightFormat.Q6_K:
                    WriteHalf(block[208..], Scale(random));
                    break;
                case WeightFormat.Q4_K or WeightFormat.Q5_K or WeightFormat.Q4_1 or WeightFormat.Q5_1:
                    WriteHalf(block, Scale(random));
                    WriteHalf(block[2..], Scale(random));
                    break;
                default:
                    WriteHalf(block, Scale(random));
                    break;
            }
        }

        return bytes;
    }

    /// <summary>Weight <paramref name="k"/> of a row, and the sum of the sizes of its two terms.</summary>
    public static double Weight(WeightFormat format, ReadOnlySpan<byte> row, int k, out double size)
    {
        double weight, offset = 0;
        switch (format)
        {
            case WeightFormat.F32:
                weight = BinaryPrimitives.ReadSingleLittleEndian(row[(4 * k)..]);
                break;
            case WeightFormat.F16:
                weight = ReadHalf(row[(2 * k)..]);
                break;
            case WeightFormat.BF16:
                weight = BitConverter.Int32BitsToSingle(BinaryPrimitives.ReadInt16LittleEndian(row[(2 * k)..]) << 16);
                break;
            case WeightFormat.Q8_0:
                weight = ReadHalf(row[(k / 32 * 34)..]) * (sbyte)row[(k / 32 * 34) + 2 + (k % 32)];
                break;
            case WeightFormat.Q4_0:
                int pair = row[(k / 32 * 18) + 2 + (k % 16)];
                weight = ReadHalf(row[(k / 32 * 18)..]) * ((k % 32 < 16 ? pair & 15 : pair >> 4) - 8);
                break;
            case WeightFormat.Q4_1 or WeightFormat.Q5_0 or WeightFormat.Q5_1:
                weight = Loose(format, row.Slice(k / 32 * WeightFormats.BlockBytes(format)), k % 32, out offset);
                break;
            case WeightFormat.Q6_K:
                weight = SixBits(row.Slice(k / 256 * 210, 210), k % 256);
                break;
            default:
                weight = WithOffset(format, row.Slice(k / 256 * WeightFormats.BlockBytes(format)), k % 256, out offset);
                break;
        }

        size = Math.Abs(weight) + Math.Abs(offset);
        return weight - offset;
    }

    private static double Loose(WeightFormat format, ReadOnlySpan<byte> block, int k, out double offset)
    {
        int low = WeightFormats.BlockBytes(format) - 16 + (k % 16);
        int q = k < 16 ? block[low] & 15 : block[low] >> 4;
        if (format != WeightFormat.Q4_1)
        {
            q += 16 * ((block[(format == WeightFormat.Q5_0 ? 2 : 4) + (k / 8)] >> (k % 8)) & 1);
        }

        offset = format == WeightFormat.Q5_0 ? 16 * ReadHalf(block) : -ReadHalf(block[2..]);
        return ReadHalf(block) * q;
    }

    private static double SixBits(ReadOnlySpan<byte> block, int k)
    {
        int half = k / 128, quarter = k % 128 / 32, i = k % 32;
        int low = block[(half * 64) + (quarter % 2 * 32) + i];
        low = quarter < 2 ? low & 15 : low >> 4;
        int high = (block[128 + (half * 32) + i] >> (2 * quarter)) & 3;
        return ReadHalf(block[208..]) * (sbyte)block[192 + (k / 16)] * (low + (16 * high) - 32);
    }

    private static double WithOffset(WeightFormat format, ReadOnlySpan<byte> block, int k, out double offset)
    {
        int j = k / 32, i = k % 32;
        ReadOnlySpan<byte> six = block[4..16];
        int s = j < 4 ? six[j] & 63 : (six[j + 4] & 15) + (16 * (six[j - 4] >> 6));
        int t = j < 4 ? six[j + 4] & 63 : (six[j + 4] >> 4) + (16 * (six[j] >> 6));
        int low = block[(format == WeightFormat.Q4_K ? 16 : 48) + (j / 2 * 32) + i];
        int q = j % 2 == 0 ? low & 15 : low >> 4;
        if (format == WeightFormat.Q5_K)
        {
            q += 16 * ((block[16 + i] >> j) & 1);
        }

        offset = ReadHalf(block[2..]) * t;
        return ReadHalf(block) * s * q;
    }

    private static float Scale(Random random) => (0.02f * random.NextSingle()) - 0.01f;

    private static double ReadHalf(ReadOnlySpan<byte> bytes) => (double)BinaryPrimitives.ReadHalfLittleEndian(bytes);

    private static void WriteHalf(Span<byte> bytes, float value) => BinaryPrimitives.WriteHalfLittleEndian(bytes, (Half)value);
}
