using System.Buffers.Binary;
using System.Globalization;

namespace Lazuli.Models;

/// <summary>Between 32-bit floats and the two 16-bit kinds in files, little-endian. Narrowing rounds to nearest, ties to even; widening is exact.</summary>
internal static class HalfPrecision
{
    /// <summary>IEEE binary16: 5 exponent bits, largest 65,504. Larger values become infinity.</summary>
    public static ushort ToFloat16(float value) => BitConverter.HalfToUInt16Bits((Half)value);

    /// <summary>bfloat16: the upper half of a float. NaN stays NaN.</summary>
    public static ushort ToBFloat16(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        if (float.IsNaN(value))
        {
            return (ushort)((bits >> 16) | 0x40); // quiet: dropping the low payload bits must not leave an infinity
        }

        uint roundUp = 0x7FFF + ((bits >> 16) & 1); // half a unit, minus one when even so that ties stay
        return (ushort)((bits + roundUp) >> 16);
    }

    /// <summary>Exact.</summary>
    public static float FromFloat16(ushort bits) => (float)BitConverter.UInt16BitsToHalf(bits);

    /// <summary>Exact.</summary>
    public static float FromBFloat16(ushort bits) => BitConverter.UInt32BitsToSingle((uint)bits << 16);

    /// <summary>Narrows to binary16, refusing what would turn a finite weight into infinity; <paramref name="bytes"/> has 2 bytes a value.</summary>
    /// <exception cref="ArgumentException">A finite value is beyond 65,504.</exception>
    public static void NarrowToFloat16Checked(string tensor, ReadOnlySpan<float> values, Span<byte> bytes)
    {
        const int Infinity = 0x7C00;
        for (int i = 0; i < values.Length; i++)
        {
            ushort bits = ToFloat16(values[i]);
            if ((bits & 0x7FFF) == Infinity && float.IsFinite(values[i]))
            {
                throw new ArgumentException($"Tensor '{tensor}' holds {values[i].ToString(CultureInfo.InvariantCulture)}, beyond F16's 65,504; write it as F32 or BF16.", nameof(values));
            }

            BinaryPrimitives.WriteUInt16LittleEndian(bytes[(2 * i)..], bits);
        }
    }

    /// <summary>Narrows to bfloat16; <paramref name="bytes"/> has 2 bytes a value.</summary>
    public static void NarrowToBFloat16(ReadOnlySpan<float> values, Span<byte> bytes)
    {
        for (int i = 0; i < values.Length; i++)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(bytes[(2 * i)..], ToBFloat16(values[i]));
        }
    }

    /// <summary>Widens binary16.</summary>
    public static void WidenFloat16(ReadOnlySpan<byte> bytes, Span<float> values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = FromFloat16(BinaryPrimitives.ReadUInt16LittleEndian(bytes[(2 * i)..]));
        }
    }

    /// <summary>Widens bfloat16.</summary>
    public static void WidenBFloat16(ReadOnlySpan<byte> bytes, Span<float> values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = FromBFloat16(BinaryPrimitives.ReadUInt16LittleEndian(bytes[(2 * i)..]));
        }
    }
}
