namespace Lazuli.Numerics;

/// <summary>Sizes of <see cref="WeightFormat"/>s. A row is a whole number of blocks without gaps.</summary>
public static class WeightFormats
{
    /// <summary>Weights of a block: a row's length is a multiple of it.</summary>
    public static int BlockLength(WeightFormat format) => format switch
    {
        WeightFormat.F32 or WeightFormat.F16 or WeightFormat.BF16 => 1,
        WeightFormat.Q8_0 or WeightFormat.Q4_0 or WeightFormat.Q4_1 or WeightFormat.Q5_0 or WeightFormat.Q5_1 => 32,
        WeightFormat.Q4_K or WeightFormat.Q5_K or WeightFormat.Q6_K => 256,
        _ => throw Unknown(format),
    };

    /// <summary>Bytes of a block.</summary>
    public static int BlockBytes(WeightFormat format) => format switch
    {
        WeightFormat.F32 => 4,
        WeightFormat.F16 or WeightFormat.BF16 => 2,
        WeightFormat.Q8_0 => 34,
        WeightFormat.Q4_0 => 18,
        WeightFormat.Q4_K => 144,
        WeightFormat.Q5_K => 176,
        WeightFormat.Q6_K => 210,
        WeightFormat.Q4_1 => 20,
        WeightFormat.Q5_0 => 22,
        WeightFormat.Q5_1 => 24,
        _ => throw Unknown(format),
    };

    /// <summary>Bytes of a row of <paramref name="columns"/> weights.</summary>
    /// <exception cref="ArgumentException"><paramref name="columns"/> is negative or no whole number of blocks.</exception>
    public static long RowBytes(WeightFormat format, long columns)
    {
        int length = BlockLength(format);
        if (columns < 0 || columns % length != 0)
        {
            throw new ArgumentException($"A row of {format} holds whole blocks of {length} weights; got {columns}.", nameof(columns));
        }

        return checked(columns / length * BlockBytes(format));
    }

    private static ArgumentOutOfRangeException Unknown(WeightFormat format) => new(nameof(format), format, "Unknown weight format.");
}
