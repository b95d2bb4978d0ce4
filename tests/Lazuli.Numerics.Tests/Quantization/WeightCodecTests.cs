using System.Security.Cryptography;
using CsCheck;

namespace Lazuli.Numerics.Tests;

/// <summary>Rows of stored weights: layout to the byte, bounds on what rounding costs, refusals.</summary>
public sealed class WeightCodecTests
{
    public static TheoryData<WeightFormat> All => [.. Enum.GetValues<WeightFormat>()];

    public static TheoryData<WeightFormat> BlockFormats => [WeightFormat.Q8_0, WeightFormat.Q4_0, WeightFormat.Q4_K, WeightFormat.Q5_K, WeightFormat.Q6_K, WeightFormat.Q4_1, WeightFormat.Q5_0, WeightFormat.Q5_1];

    /// <summary>Largest root-mean-square error of normal weights, relative to theirs. A step is at most (max − min) / levels of a block: about 4σ/2ᵇ, and an even error in it 0.29 steps.</summary>
    public static TheoryData<WeightFormat, double> Bounds => new()
    {
        { WeightFormat.F32, 0 }, { WeightFormat.F16, 5e-4 }, { WeightFormat.BF16, 4e-3 }, { WeightFormat.Q8_0, 0.006 },
        { WeightFormat.Q4_0, 0.11 }, { WeightFormat.Q4_K, 0.085 }, { WeightFormat.Q5_K, 0.045 }, { WeightFormat.Q6_K, 0.025 },
        { WeightFormat.Q4_1, 0.09 }, { WeightFormat.Q5_0, 0.055 }, { WeightFormat.Q5_1, 0.045 },
    };

    [Fact]
    public void Q8_0_has_the_reference_bytes()
    {
        float[] row = new float[32];
        (row[0], row[1], row[2], row[3], row[4]) = (127f, -127f, 0.5f, -2.5f, 63.49f); // scale 1: halves go away from zero
        Assert.Equal([0x00, 0x3C, 127, 0x81, 1, 0xFD, 63, 0], Stored(WeightFormat.Q8_0, row)[..8]);
    }

    [Fact]
    public void Q4_0_has_the_reference_bytes()
    {
        float[] row = new float[32];
        (row[0], row[1], row[2], row[16], row[17], row[31]) = (-8f, 7f, 8f, 1f, -0.5f, 0.49f); // scale 1 of the first −8; 8 is cut to 7; −0.5 rounds up
        byte[] block = Stored(WeightFormat.Q4_0, row);
        Assert.Equal([0x00, 0x3C, 0x90, 0x8F, 0x8F, 0x88], block[..6]);
        Assert.Equal(0x88, block[17]);
        (row[0], row[2]) = (0f, -8f);
        row[3] = 8f; // the first of equal magnitudes decides the sign
        Assert.Equal([0x00, 0x3C], Stored(WeightFormat.Q4_0, row)[..2]);
        (row[2], row[3]) = (8f, -8f);
        Assert.Equal([0x00, 0xBC], Stored(WeightFormat.Q4_0, row)[..2]);
    }

    /// <summary>The digests were taken of what GGML's own reference quantisers (ggml-quants.c) make of the same 16,384 floats.</summary>
    [Theory]
    [InlineData(WeightFormat.Q8_0, "df5bb3f61e56934b")]
    [InlineData(WeightFormat.Q4_0, "45c90b06b9e3efc0")]
    [InlineData(WeightFormat.Q4_K, "2ca4f9372e75ed50")]
    [InlineData(WeightFormat.Q5_K, "ba00e670a2be013b")]
    [InlineData(WeightFormat.Q6_K, "0f90b3b68dfe9381")]
    [InlineData(WeightFormat.Q4_1, "f61e63fba22429ef")]
    [InlineData(WeightFormat.Q5_0, "042d53e40a14f366")]
    [InlineData(WeightFormat.Q5_1, "a3a4f13f87f2d490")]
    public void Bytes_are_those_of_the_reference_quantiser(WeightFormat format, string digest)
    {
        float[] row = new float[16_384];
        uint state = 1;
        for (int i = 0; i < row.Length; i++)
        {
            state = (state * 1_664_525u) + 1_013_904_223u;
            float value = (int)state * (1f / 2_147_483_648f);
            row[i] = value * value * value;
        }

        Assert.Equal(digest, Convert.ToHexStringLower(SHA256.HashData(Stored(format, row)))[..16]);
    }

    [Theory]
    [MemberData(nameof(BlockFormats))]
    public void Any_block_reads_as_the_formats_equation_says(WeightFormat format)
    {
        int bytes = WeightFormats.BlockBytes(format);
        Gen.Byte.Array[bytes].Sample(block =>
        {
            PutSound(format, block);
            float[] read = Read(format, block);
            for (int i = 0; i < read.Length; i++)
            {
                double expected = SpecifiedWeight(format, block, i);
                Assert.True(Math.Abs(read[i] - expected) <= 1e-6 * SpecifiedMagnitude(format, block, i), $"{format}[{i}] {read[i]} {expected}");
            }
        }, iter: 60);
    }

    [Theory]
    [MemberData(nameof(Bounds))]
    public void Normal_weights_come_back_within_the_bound(WeightFormat format, double bound)
    {
        float[] row = Normal(4_096, 7, 0.02f);
        double error = RelativeError(row, Read(format, Stored(format, row)));
        Assert.InRange(error, bound / 3, bound); // from below too: an exact copy would be the wrong format
    }

    [Fact]
    public void More_bits_cost_less()
    {
        float[] row = Normal(8_192, 3, 1f);
        double[] errors = [.. ((WeightFormat[])[WeightFormat.Q4_0, WeightFormat.Q4_K, WeightFormat.Q5_K, WeightFormat.Q6_K, WeightFormat.Q8_0, WeightFormat.F16, WeightFormat.F32]).Select(f => RelativeError(row, Read(f, Stored(f, row))))];
        Assert.Equal(errors.OrderDescending(), errors);
    }

    [Theory]
    [MemberData(nameof(BlockFormats))]
    public void No_weight_overtakes_another_of_its_block(WeightFormat format)
    {
        int group = format == WeightFormat.Q6_K ? 16 : 32;
        Gen.Float[-3, 3].Array[256].Sample(row =>
        {
            float[] read = Read(format, Stored(format, row));
            for (int start = 0; start < row.Length; start += group)
            {
                float[] keys = row[start..(start + group)];
                float[] values = read[start..(start + group)];
                Array.Sort(keys, values);
                Assert.True(values.Zip(values.Skip(1)).All(p => p.First <= p.Second), $"{format}");
            }
        }, iter: 40);
    }

    [Theory]
    [MemberData(nameof(BlockFormats))]
    public void Zeros_come_back_as_zeros(WeightFormat format)
    {
        Assert.All(Read(format, Stored(format, new float[512])), x => Assert.Equal(0f, x));
        Assert.All(Read(format, Stored(format, [.. Enumerable.Repeat(float.Epsilon, 512)])), x => Assert.Equal(0f, x));
    }

    [Theory]
    [MemberData(nameof(BlockFormats))]
    public void One_value_everywhere_comes_back_nearly(WeightFormat format)
    {
        foreach (float value in (float[])[1f, -1f, 0.37f, -1_000f])
        {
            Assert.All(Read(format, Stored(format, [.. Enumerable.Repeat(value, 256)])), x => Assert.InRange(x / value, 0.985f, 1.015f));
        }
    }

    [Theory]
    [MemberData(nameof(BlockFormats))]
    public void Refuses_what_is_not_finite(WeightFormat format)
    {
        foreach (float value in (float[])[float.NaN, float.PositiveInfinity, float.NegativeInfinity, float.MaxValue])
        {
            float[] row = Normal(256, 1, 1f);
            row[77] = value;
            string message = Assert.Throws<ArgumentException>(() => Stored(format, row)).Message;
            Assert.Contains(format.ToString(), message, StringComparison.Ordinal);
            Assert.Equal(value == float.MaxValue, !message.Contains("weight 77", StringComparison.Ordinal));
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Finds_a_stored_row_that_is_not_finite(WeightFormat format)
    {
        byte[] row = Stored(format, Normal(512, 5, 1f));
        Assert.True(WeightCodec.IsFinite(format, row));
        int scale = format switch
        {
            WeightFormat.F32 or WeightFormat.Q4_K or WeightFormat.Q5_K => 2,
            WeightFormat.Q6_K => 208,
            _ => 0,
        };
        (row[row.Length / 2 + scale], row[row.Length / 2 + scale + 1]) = format is WeightFormat.BF16 or WeightFormat.F32 ? ((byte)0x80, (byte)0x7F) : ((byte)0x00, (byte)0xFC);
        Assert.False(WeightCodec.IsFinite(format, row));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Refuses_wrong_lengths(WeightFormat format)
    {
        int bytes = WeightFormats.BlockBytes(format);
        int weights = WeightFormats.BlockLength(format);
        Assert.Throws<ArgumentException>(() => WeightCodec.Quantize(format, new float[weights], new byte[bytes + 1]));
        Assert.Throws<ArgumentException>(() => WeightCodec.Dequantize(format, new byte[bytes - 1], new float[weights]));
        Assert.Throws<ArgumentException>(() => WeightCodec.IsFinite(format, new byte[bytes + 1]));
        if (weights > 1)
        {
            Assert.Throws<ArgumentException>(() => WeightCodec.Quantize(format, new float[weights + 1], new byte[bytes]));
        }
    }

    [Fact]
    public void Plain_formats_round_to_nearest_ties_to_even()
    {
        Assert.Equal([0x00, 0x3C, 0x01, 0x3C], Stored(WeightFormat.F16, [1f + (1f / 2048), 1f + (1f / 1024) - 1e-7f]));
        Assert.Equal([0x80, 0x3F, 0x82, 0x3F], Stored(WeightFormat.BF16, [1f + (1f / 256), 1f + (3f / 256)]));
        Assert.Throws<ArgumentException>(() => Stored(WeightFormat.F16, [65_520f]));
    }

    internal static float[] Normal(int count, int seed, float deviation)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => deviation * (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble())))];
    }

    internal static byte[] Stored(WeightFormat format, float[] row)
    {
        byte[] bytes = new byte[WeightFormats.RowBytes(format, row.Length)];
        WeightCodec.Quantize(format, row, bytes);
        return bytes;
    }

    private static float[] Read(WeightFormat format, byte[] row)
    {
        float[] weights = new float[row.Length / WeightFormats.BlockBytes(format) * WeightFormats.BlockLength(format)];
        WeightCodec.Dequantize(format, row, weights);
        return weights;
    }

    private static double RelativeError(float[] row, float[] read)
    {
        double square = 0;
        double error = 0;
        for (int i = 0; i < row.Length; i++)
        {
            square += (double)row[i] * row[i];
            error += ((double)row[i] - read[i]) * ((double)row[i] - read[i]);
        }

        return Math.Sqrt(error / square);
    }

    /// <summary>Makes the block's scales small numbers, so that comparing makes sense.</summary>
    private static void PutSound(WeightFormat format, byte[] block)
    {
        int[] scales = format switch { WeightFormat.Q4_K or WeightFormat.Q5_K or WeightFormat.Q4_1 or WeightFormat.Q5_1 => [0, 2], WeightFormat.Q6_K => [208], _ => [0] };
        foreach (int at in scales)
        {
            BitConverter.GetBytes((Half)((block[at] - 100) / 512.0)).CopyTo(block, at);
        }
    }

    /// <summary>Weight i by the format's description, bit by bit, in double.</summary>
    private static double SpecifiedWeight(WeightFormat format, byte[] block, int i)
    {
        double D(int at) => (double)BitConverter.ToHalf(block, at);
        switch (format)
        {
            case WeightFormat.Q8_0:
                return D(0) * (sbyte)block[2 + i];
            case WeightFormat.Q4_0:
                return D(0) * (((block[2 + (i % 16)] >> (i / 16 * 4)) & 15) - 8);
            case WeightFormat.Q4_1:
                return (D(0) * ((block[4 + (i % 16)] >> (i / 16 * 4)) & 15)) + D(2);
            case WeightFormat.Q5_0:
                return D(0) * (((block[6 + (i % 16)] >> (i / 16 * 4)) & 15) + (16 * ((block[2 + (i / 8)] >> (i % 8)) & 1)) - 16);
            case WeightFormat.Q5_1:
                return (D(0) * (((block[8 + (i % 16)] >> (i / 16 * 4)) & 15) + (16 * ((block[4 + (i / 8)] >> (i % 8)) & 1)))) + D(2);
            case WeightFormat.Q4_K:
            case WeightFormat.Q5_K:
                (int scale, int minimum) = SixBits(block, i / 32);
                int low = format == WeightFormat.Q4_K ? 16 : 48;
                int q = (block[low + (i / 64 * 32) + (i % 32)] >> (i / 32 % 2 * 4)) & 15;
                q |= format == WeightFormat.Q5_K ? ((block[16 + (i % 32)] >> (i / 32)) & 1) << 4 : 0;
                return (D(0) * scale * q) - (D(2) * minimum);
            default:
                int within = i % 128;
                int nibble = (block[(i / 128 * 64) + (within % 64)] >> (within / 64 * 4)) & 15;
                int high = (block[128 + (i / 128 * 32) + (within % 32)] >> (within / 32 * 2)) & 3;
                return D(208) * (sbyte)block[192 + (i / 16)] * ((nibble + (high * 16)) - 32);
        }
    }

    /// <summary>What the rounding of the terms is relative to.</summary>
    private static double SpecifiedMagnitude(WeightFormat format, byte[] block, int i) => format is WeightFormat.Q4_K or WeightFormat.Q5_K or WeightFormat.Q4_1 or WeightFormat.Q5_1
        ? Math.Abs((double)BitConverter.ToHalf(block, 0)) * 63 * 31 + Math.Abs((double)BitConverter.ToHalf(block, 2)) * 63
        : Math.Abs(SpecifiedWeight(format, block, i));

    private static (int Scale, int Minimum) SixBits(byte[] block, int j)
    {
        ReadOnlySpan<byte> s = block.AsSpan(4, 12);
        return j < 4
            ? (s[j] % 64, s[j + 4] % 64)
            : ((s[j + 4] % 16) + (s[j - 4] / 64 * 16), (s[j + 4] / 16) + (s[j] / 64 * 16));
    }
}
