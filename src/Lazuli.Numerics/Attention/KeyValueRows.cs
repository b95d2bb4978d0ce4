using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

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
        if (format == KeyValueFormat.F16)
        {
            LoadHalves(from, fromRow, count, channels, to, toRow);
        }
        else
        {
            LoadBlocks(from, fromRow, count, channels, to, toRow);
        }

        if (toRow > channels)
        {
            for (int r = 0; r < count; r++)
            {
                new Span<float>(to + ((nint)r * toRow) + channels, toRow - channels).Clear();
            }
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

    /// <remarks>Infinity and NaN come out as numbers above 65,504, which the pool cannot hold otherwise: where the largest size of a row says so, the row is read again.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void LoadHalves(byte* from, nint fromRow, int count, int channels, float* to, int toRow)
    {
        Vector256<ushort> sizes = Vector256.Create((ushort)0x7FFF);
        for (int r = 0; r < count; r++, from += fromRow, to += toRow)
        {
            var row = (short*)from;
            Vector256<ushort> most = default;
            int i = 0;
            for (; i <= channels - 16; i += 16)
            {
                most = Vector256.Max(most, Vector256.Load((ushort*)row + i) & sizes);
                Widened(row + i).Store(to + i);
                Widened(row + i + 8).Store(to + i + 8);
            }

            if (i < channels || Vector256.GreaterThanAny(most, Vector256.Create((ushort)0x7BFF)))
            {
                for (int c = 0; c < channels; c++)
                {
                    to[c] = (float)((Half*)from)[c];
                }
            }
        }
    }

    /// <summary>Eight halves. Exponent and mantissa in a float's place are 2⁻¹¹² of the half; the product is exact, and fused since subnormal factors are slow otherwise.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Widened(short* halves)
    {
        Vector256<int> wide = Avx2.IsSupported ? Avx2.ConvertToVector256Int32(halves) : Vector256.WidenLower(Vector128.Load(halves).ToVector256Unsafe());
        Vector256<float> value = (Vector256.ShiftLeft(wide, 13) & Vector256.Create(unchecked((int)0x8FFF_E000))).AsSingle();
        return VectorMath.MultiplyAdd(value, Vector256.Create(5.192296858534828e33f), Vector256<float>.Zero);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void LoadBlocks(byte* from, nint fromRow, int count, int channels, float* to, int toRow)
    {
        for (int r = 0; r < count; r++, from += fromRow, to += toRow)
        {
            byte* block = from;
            for (int i = 0; i < channels; i += Block, block += BlockBytes)
            {
                Vector256<float> scale = Vector256.Create((float)*(Half*)block);
                var q = (sbyte*)(block + sizeof(ushort));
                for (int part = 0; part < Block; part += 8)
                {
                    (Vector256.ConvertToSingle(Widened(q + part)) * scale).Store(to + i + part);
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Widened(sbyte* bytes) =>
        Avx2.IsSupported ? Avx2.ConvertToVector256Int32(bytes) : Vector256.WidenLower(Vector256.WidenLower(Vector128.CreateScalarUnsafe(*(long*)bytes).AsSByte().ToVector256Unsafe()));
}
