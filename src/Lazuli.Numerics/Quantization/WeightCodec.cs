using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Lazuli.Numerics;

/// <summary>Between rows of floats and rows of stored weights. Layout, rounding and search for scales follow GGML's reference quantisers, so both make the same bytes.</summary>
/// <remarks>Not for inner loops: kernels read stored rows themselves.</remarks>
public static partial class WeightCodec
{
    /// <summary>Stores a row.</summary>
    /// <param name="format">How to store it.</param>
    /// <param name="row">The weights; a whole number of blocks.</param>
    /// <param name="to">Takes <see cref="WeightFormats.RowBytes"/> bytes.</param>
    /// <exception cref="ArgumentException">A length is wrong, a weight that must be rounded is beyond the format, or a weight is NaN or infinite and the format is not F32 or BF16.</exception>
    public static void Quantize(WeightFormat format, ReadOnlySpan<float> row, Span<byte> to)
    {
        CheckLengths(format, row.Length, to.Length, nameof(to));
        switch (format)
        {
            case WeightFormat.F32:
                MemoryMarshal.AsBytes(row).CopyTo(to);
                return;
            case WeightFormat.BF16:
                NarrowToBFloat16(row, to);
                return;
        }

        CheckFinite(format, row);
        switch (format)
        {
            case WeightFormat.F16:
                NarrowToFloat16(row, to);
                break;
            case WeightFormat.Q8_0:
                QuantizeQ8(row, to);
                break;
            case WeightFormat.Q4_0:
                QuantizeQ4(row, to);
                break;
            case WeightFormat.Q4_K:
                QuantizeQ4K(row, to);
                break;
            case WeightFormat.Q5_K:
                QuantizeQ5K(row, to);
                break;
            case WeightFormat.Q4_1:
                QuantizeQ41(row, to);
                break;
            case WeightFormat.Q5_0:
                QuantizeQ50(row, to);
                break;
            case WeightFormat.Q5_1:
                QuantizeQ51(row, to);
                break;
            default:
                QuantizeQ6K(row, to);
                break;
        }
    }

    /// <summary>Reads a stored row; each weight is what the format's equation says, rounded as binary32.</summary>
    /// <param name="format">How it is stored.</param>
    /// <param name="row"><see cref="WeightFormats.RowBytes"/> bytes.</param>
    /// <param name="to">Takes the weights.</param>
    /// <exception cref="ArgumentException">A length is wrong.</exception>
    public static void Dequantize(WeightFormat format, ReadOnlySpan<byte> row, Span<float> to)
    {
        CheckLengths(format, to.Length, row.Length, nameof(row));
        switch (format)
        {
            case WeightFormat.F32:
                row.CopyTo(MemoryMarshal.AsBytes(to));
                break;
            case WeightFormat.F16:
                WidenFloat16(row, to);
                break;
            case WeightFormat.BF16:
                WidenBFloat16(row, to);
                break;
            case WeightFormat.Q8_0:
                DequantizeQ8(row, to);
                break;
            case WeightFormat.Q4_0:
                DequantizeQ4(row, to);
                break;
            case WeightFormat.Q4_K:
                DequantizeQ4K(row, to);
                break;
            case WeightFormat.Q5_K:
                DequantizeQ5K(row, to);
                break;
            case WeightFormat.Q4_1 or WeightFormat.Q5_0 or WeightFormat.Q5_1:
                DequantizeLoose(format, row, to);
                break;
            default:
                DequantizeQ6K(row, to);
                break;
        }
    }

    /// <summary>Whether a stored row holds NaN or infinity; in block formats a scale decides for its block.</summary>
    /// <exception cref="ArgumentException">The length is no whole number of blocks.</exception>
    public static bool IsFinite(WeightFormat format, ReadOnlySpan<byte> row)
    {
        int blockBytes = WeightFormats.BlockBytes(format);
        if (row.Length % blockBytes != 0)
        {
            throw new ArgumentException($"A row of {format} has whole blocks of {blockBytes} bytes; got {row.Length}.", nameof(row));
        }

        return format switch
        {
            WeightFormat.F32 => AllFinite(MemoryMarshal.Cast<byte, uint>(row), 0x7F80_0000),
            WeightFormat.F16 => AllFinite(MemoryMarshal.Cast<byte, ushort>(row), 0x7C00),
            WeightFormat.BF16 => AllFinite(MemoryMarshal.Cast<byte, ushort>(row), 0x7F80),
            WeightFormat.Q4_K or WeightFormat.Q5_K or WeightFormat.Q4_1 or WeightFormat.Q5_1 => ScalesFinite(row, blockBytes, 0) && ScalesFinite(row, blockBytes, sizeof(ushort)),
            WeightFormat.Q6_K => ScalesFinite(row, blockBytes, blockBytes - sizeof(ushort)),
            _ => ScalesFinite(row, blockBytes, 0),
        };
    }

    private static bool AllFinite(ReadOnlySpan<uint> bits, uint exponent)
    {
        foreach (uint value in bits)
        {
            if ((value & exponent) == exponent)
            {
                return false;
            }
        }

        return true;
    }

    private static bool AllFinite(ReadOnlySpan<ushort> bits, int exponent)
    {
        foreach (ushort value in bits)
        {
            if ((value & exponent) == exponent)
            {
                return false;
            }
        }

        return true;
    }

    private static bool ScalesFinite(ReadOnlySpan<byte> row, int blockBytes, int offset)
    {
        for (; offset < row.Length; offset += blockBytes)
        {
            if ((BinaryPrimitives.ReadUInt16LittleEndian(row[offset..]) & 0x7C00) == 0x7C00)
            {
                return false;
            }
        }

        return true;
    }

    private static void NarrowToFloat16(ReadOnlySpan<float> row, Span<byte> to)
    {
        for (int i = 0; i < row.Length; i++)
        {
            WriteHalf(WeightFormat.F16, row[i], to[(2 * i)..]);
        }
    }

    private static void NarrowToBFloat16(ReadOnlySpan<float> row, Span<byte> to)
    {
        for (int i = 0; i < row.Length; i++)
        {
            uint bits = BitConverter.SingleToUInt32Bits(row[i]);
            bits = float.IsNaN(row[i])
                ? bits | 0x40_0000 // quiet: dropping the low payload bits must not leave an infinity
                : bits + 0x7FFF + ((bits >> 16) & 1); // half a unit, minus one when even so that ties stay
            BinaryPrimitives.WriteUInt16LittleEndian(to[(2 * i)..], (ushort)(bits >> 16));
        }
    }

    private static void WidenFloat16(ReadOnlySpan<byte> row, Span<float> to)
    {
        for (int i = 0; i < to.Length; i++)
        {
            to[i] = ReadHalf(row[(2 * i)..]);
        }
    }

    private static void WidenBFloat16(ReadOnlySpan<byte> row, Span<float> to)
    {
        for (int i = 0; i < to.Length; i++)
        {
            to[i] = BitConverter.UInt32BitsToSingle((uint)BinaryPrimitives.ReadUInt16LittleEndian(row[(2 * i)..]) << 16);
        }
    }

    private static float ReadHalf(ReadOnlySpan<byte> bytes) => (float)BinaryPrimitives.ReadHalfLittleEndian(bytes);

    /// <summary>Stores a finite value as binary16 and answers what it reads back as.</summary>
    private static float WriteHalf(WeightFormat format, float value, Span<byte> to)
    {
        Half half = (Half)value;
        if (!Half.IsFinite(half))
        {
            throw new ArgumentException($"{format} keeps a value of {value.ToString(CultureInfo.InvariantCulture)} as binary16, which ends at 65,504; store the weights as F32 or BF16.", nameof(value));
        }

        BinaryPrimitives.WriteHalfLittleEndian(to, half);
        return (float)half;
    }

    private static void CheckFinite(WeightFormat format, ReadOnlySpan<float> row)
    {
        for (int i = 0; i < row.Length; i++)
        {
            if (!float.IsFinite(row[i]))
            {
                throw new ArgumentException($"{format} stores finite weights; weight {i} of the row is {row[i].ToString(CultureInfo.InvariantCulture)}.", nameof(row));
            }
        }
    }

    private static void CheckLengths(WeightFormat format, int weights, int bytes, string argument)
    {
        long wanted = WeightFormats.RowBytes(format, weights);
        if (bytes != wanted)
        {
            throw new ArgumentException($"A row of {weights} weights in {format} takes {wanted} bytes; got {bytes}.", argument);
        }
    }
}
