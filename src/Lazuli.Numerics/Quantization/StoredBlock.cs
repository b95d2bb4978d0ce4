using System.Buffers.Binary;

namespace Lazuli.Numerics;

/// <summary>Thirty-two stored weights as integers and factors: weight k is <c>Scale · q[k] − Offset</c>. Plain code, for every machine.</summary>
/// <remarks>The small scale of <see cref="WeightFormat.Q6_K"/>, two to such a block, is multiplied into q; elsewhere q is the stored integer less its bias.</remarks>
internal static unsafe class StoredBlock
{
    /// <summary>Weights that share a factor pair in every integer format.</summary>
    public const int Length = 32;

    /// <summary>Takes block <paramref name="block"/> (of 32) of a row apart.</summary>
    public static void Read(WeightFormat format, byte* row, int block, short* q, out float scale, out float offset)
    {
        offset = 0;
        switch (format)
        {
            case WeightFormat.Q8_0:
                ReadBytes(row + (block * 34L), q, out scale);
                break;
            case WeightFormat.Q4_0:
                ReadNibbles(row + (block * 18L), q, out scale);
                break;
            case WeightFormat.Q4_K:
                ReadK4(row + (block / 8 * 144L), block % 8, q, out scale, out offset);
                break;
            case WeightFormat.Q5_K:
                ReadK5(row + (block / 8 * 176L), block % 8, q, out scale, out offset);
                break;
            case WeightFormat.Q6_K:
                ReadK6(row + (block / 8 * 210L), block % 8, q, out scale);
                break;
            case WeightFormat.Q4_1:
                ReadFive(row + (block * 20L), bias: 0, isShifted: true, hasFifth: false, q, out scale, out offset);
                break;
            case WeightFormat.Q5_0:
                ReadFive(row + (block * 22L), bias: 16, isShifted: false, hasFifth: true, q, out scale, out offset);
                break;
            case WeightFormat.Q5_1:
                ReadFive(row + (block * 24L), bias: 0, isShifted: true, hasFifth: true, q, out scale, out offset);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(format), format, "No blocks of integers.");
        }
    }

    /// <summary>Six bits of scale and six of offset of block <paramref name="j"/>: the first four blocks have them whole, the others in three pieces.</summary>
    public static void ReadSixBits(byte* packed, int j, out int scale, out int offset)
    {
        if (j < 4)
        {
            scale = packed[j] & 63;
            offset = packed[j + 4] & 63;
        }
        else
        {
            scale = (packed[j + 4] & 15) | (packed[j - 4] >> 6 << 4);
            offset = (packed[j + 4] >> 4) | (packed[j] >> 6 << 4);
        }
    }

    private static float Half(byte* p) => (float)BitConverter.UInt16BitsToHalf(BinaryPrimitives.ReadUInt16LittleEndian(new ReadOnlySpan<byte>(p, 2)));

    private static void ReadBytes(byte* p, short* q, out float scale)
    {
        scale = Half(p);
        for (int k = 0; k < Length; k++)
        {
            q[k] = (sbyte)p[2 + k];
        }
    }

    private static void ReadNibbles(byte* p, short* q, out float scale)
    {
        scale = Half(p);
        for (int k = 0; k < 16; k++)
        {
            q[k] = (short)((p[2 + k] & 15) - 8);
            q[k + 16] = (short)((p[2 + k] >> 4) - 8);
        }
    }

    private static void ReadFive(byte* p, int bias, bool isShifted, bool hasFifth, short* q, out float scale, out float offset)
    {
        scale = Half(p);
        offset = isShifted ? -Half(p + 2) : 0;
        p += isShifted ? 4 : 2;
        uint fifth = hasFifth ? BinaryPrimitives.ReadUInt32LittleEndian(new ReadOnlySpan<byte>(p, 4)) : 0;
        p += hasFifth ? 4 : 0;
        for (int k = 0; k < 16; k++)
        {
            q[k] = (short)(((p[k] & 15) | (int)((fifth >> k) & 1) << 4) - bias);
            q[k + 16] = (short)(((p[k] >> 4) | (int)((fifth >> (k + 16)) & 1) << 4) - bias);
        }
    }

    private static void ReadK4(byte* p, int j, short* q, out float scale, out float offset)
    {
        ReadSixBits(p + 4, j, out int s, out int t);
        scale = Half(p) * s;
        offset = Half(p + 2) * t;
        byte* low = p + 16 + (j / 2 * 32);
        for (int k = 0; k < Length; k++)
        {
            q[k] = (short)((low[k] >> (j % 2 * 4)) & 15);
        }
    }

    private static void ReadK5(byte* p, int j, short* q, out float scale, out float offset)
    {
        ReadSixBits(p + 4, j, out int s, out int t);
        scale = Half(p) * s;
        offset = Half(p + 2) * t;
        byte* low = p + 48 + (j / 2 * 32);
        for (int k = 0; k < Length; k++)
        {
            q[k] = (short)(((low[k] >> (j % 2 * 4)) & 15) | (((p[16 + k] >> j) & 1) << 4));
        }
    }

    private static void ReadK6(byte* p, int j, short* q, out float scale)
    {
        scale = Half(p + 208);
        byte* low = p + (j / 4 * 64) + (j % 2 * 32);
        byte* high = p + 128 + (j / 4 * 32);
        var small = (sbyte*)(p + 192 + (2 * j));
        for (int k = 0; k < Length; k++)
        {
            int six = ((low[k] >> (j % 4 / 2 * 4)) & 15) | (((high[k] >> (j % 4 * 2)) & 3) << 4);
            q[k] = (short)(small[k / 16] * (six - 32));
        }
    }
}
