using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Lazuli.Numerics;

/// <summary>Keys and values in a <see cref="KeyValueFormat"/>: rounding on the way into the pool, widening on the way out.</summary>
/// <remarks>
/// Widening is exact, rounding depends on the 32 channels of a block alone, so bits do not depend on what else is stored. What is not a number stays so:
/// attention over it gives NaN, which is noticed, and not a plausible answer.
/// </remarks>
internal static unsafe class KeyValueRows
{
    /// <summary>Channels of a block of <see cref="KeyValueFormat.Q8_0"/>.</summary>
    public const int Block = 32;

    private const int BlockBytes = 34;
    private const float LargestHalf = 65_504f;

    /// <summary>Bytes of <paramref name="channels"/> channels.</summary>
    /// <exception cref="ArgumentException">They are no whole blocks.</exception>
    public static int Bytes(KeyValueFormat format, int channels) => format switch
    {
        KeyValueFormat.F32 => channels * sizeof(float),
        KeyValueFormat.F16 => channels * sizeof(ushort),
        KeyValueFormat.Q8_0 when channels % Block == 0 => channels / Block * BlockBytes,
        KeyValueFormat.Q8_0 => throw new ArgumentException($"Heads of {channels} channels are no whole blocks of {Block}; keep keys and values in F16.", nameof(channels)),
        _ => throw new ArgumentOutOfRangeException(nameof(format), format, "Unknown key/value format."),
    };

    /// <summary>Rounds <paramref name="channels"/> channels.</summary>
    public static void Store(KeyValueFormat format, float* from, int channels, byte* to)
    {
        switch (format)
        {
            case KeyValueFormat.F32:
                Buffer.MemoryCopy(from, to, channels * (long)sizeof(float), channels * (long)sizeof(float));
                break;
            case KeyValueFormat.F16:
                for (int i = 0; i < channels; i++)
                {
                    ((Half*)to)[i] = (Half)Math.Clamp(from[i], -LargestHalf, LargestHalf);
                }

                break;
            default:
                for (int i = 0; i < channels; i += Block, to += BlockBytes)
                {
                    StoreBlock(from + i, to);
                }

                break;
        }
    }

    /// <summary>Widens <paramref name="count"/> rows of one head: <c>to[r, 0..channels)</c>, then zeros up to <paramref name="toRow"/>.</summary>
    /// <param name="format">F16 or Q8_0.</param>
    /// <param name="from">The head's bytes in the first row.</param>
    /// <param name="fromRow">Bytes from row to row.</param>
    /// <param name="count">Rows.</param>
    /// <param name="channels">Channels of the head.</param>
    /// <param name="to">Floats.</param>
    /// <param name="toRow">Floats from row to row.</param>
    public static void Load(KeyValueFormat format, byte* from, nint fromRow, int count, int channels, float* to, int toRow)
    {
        for (int r = 0; r < count; r++, from += fromRow, to += toRow)
        {
            if (format == KeyValueFormat.F16)
            {
                LoadHalves((ushort*)from, channels, to);
            }
            else
            {
                LoadBlocks(from, channels, to);
            }

            new Span<float>(to + channels, toRow - channels).Clear();
        }
    }

    private static void StoreBlock(float* from, byte* to)
    {
        float largest = 0;
        bool finite = true;
        for (int i = 0; i < Block; i++)
        {
            finite &= float.IsFinite(from[i]);
            largest = Math.Max(largest, Math.Abs(from[i]));
        }

        Half scale = finite ? (Half)Math.Min(largest / 127f, LargestHalf) : Half.NaN;
        *(Half*)to = scale;
        var q = (sbyte*)(to + sizeof(ushort));
        float inverse = finite && scale != (Half)0 ? 1f / (float)scale : 0f;
        for (int i = 0; i < Block; i++)
        {
            q[i] = finite ? (sbyte)Math.Clamp(MathF.Round(from[i] * inverse), -127f, 127f) : (sbyte)1;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void LoadHalves(ushort* from, int channels, float* to)
    {
        int i = 0;
        for (; i <= channels - 16; i += 16)
        {
            (Vector256<uint> low, Vector256<uint> high) = Vector256.Widen(Vector256.Load(from + i));
            Widened(low).Store(to + i);
            Widened(high).Store(to + i + 8);
        }

        for (; i < channels; i++)
        {
            to[i] = (float)BitConverter.UInt16BitsToHalf(from[i]);
        }
    }

    /// <summary>Exponent and mantissa in a float's place are 2⁻¹¹² of the half; the product is exact, and fused since subnormal factors are slow otherwise. Exponents of ones stay so.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Widened(Vector256<uint> half)
    {
        Vector256<uint> sign = Vector256.ShiftLeft(half & Vector256.Create(0x8000u), 16), size = Vector256.ShiftLeft(half & Vector256.Create(0x7FFFu), 13);
        Vector256<int> special = Vector256.GreaterThan(size.AsInt32(), Vector256.Create(0x0F7F_FFFF));
        Vector256<float> value = VectorMath.MultiplyAdd(size.AsSingle(), Vector256.Create(5.192296858534828e33f), Vector256<float>.Zero);
        return (value.AsUInt32() | sign | (special.AsUInt32() & Vector256.Create(0x7F80_0000u))).AsSingle();
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void LoadBlocks(byte* from, int channels, float* to)
    {
        for (int i = 0; i < channels; i += Block, from += BlockBytes, to += Block)
        {
            Vector256<float> scale = Vector256.Create((float)*(Half*)from);
            var q = (sbyte*)(from + sizeof(ushort));
            for (int part = 0; part < Block; part += 16)
            {
                (Vector128<short> a, Vector128<short> b) = Vector128.Widen(Vector128.Load(q + part));
                (Vector128<int> a0, Vector128<int> a1) = Vector128.Widen(a);
                (Vector128<int> b0, Vector128<int> b1) = Vector128.Widen(b);
                (Vector256.ConvertToSingle(Vector256.Create(a0, a1)) * scale).Store(to + part);
                (Vector256.ConvertToSingle(Vector256.Create(b0, b1)) * scale).Store(to + part + 8);
            }
        }
    }
}
