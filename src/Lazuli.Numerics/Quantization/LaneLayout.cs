namespace Lazuli.Numerics;

/// <summary>The order of bytes that the kernels like best: eight rows side by side, so that one vector holds the same columns of eight rows and memory is read as one ascending stream.</summary>
/// <remarks>
/// <para>Eight rows make a group. In a group the blocks of a format follow each other; of a block come the first piece of all eight rows, then the second piece of all
/// eight, and so on. A group has as many bytes as its rows, in place of its rows, and turns back into them exactly. Pieces, in bytes of a row's block:</para>
/// <list type="bullet">
/// <item>Q8_0: 17 pieces of 2: the scale, then pairs of columns.</item>
/// <item>Q4_0: the scale (2), then 4 pieces of 4.</item>
/// <item>Q4_K, Q5_K: 36 and 44 pieces of 4.</item>
/// <item>Q6_K: 52 pieces of 4, then the scale (2).</item>
/// <item>F16, BF16: 16 columns are a block of one piece.</item>
/// </list>
/// <para>A row of weights spread so needs no adding across a vector's lanes: each lane is an output.</para>
/// </remarks>
public static class LaneLayout
{
    /// <summary>Rows of a group.</summary>
    public const int GroupRows = 8;

    /// <summary>Columns that make a block of 16-bit floats here.</summary>
    private const int FloatBlock = 16;

    /// <summary>Whether a matrix can lie so: whole groups of whole blocks, in a format other than F32 and those that quantisers only fall back to.</summary>
    public static bool Fits(WeightFormat format, int rows, int columns) =>
        format is not (WeightFormat.F32 or WeightFormat.Q4_1 or WeightFormat.Q5_0 or WeightFormat.Q5_1) && rows % GroupRows == 0 && columns % Math.Max(FloatBlock, WeightFormats.BlockLength(format)) == 0;

    /// <summary>Turns the rows of one group into its layout.</summary>
    /// <param name="format">How a row is stored.</param>
    /// <param name="columns">Columns of a row.</param>
    /// <param name="rows">Eight rows, one after another.</param>
    /// <param name="lanes">As long.</param>
    /// <exception cref="ArgumentException">The rows cannot lie so, or a span has another length.</exception>
    public static void Arrange(WeightFormat format, int columns, ReadOnlySpan<byte> rows, Span<byte> lanes)
    {
        int rowBytes = Check(format, columns, rows.Length, lanes.Length);
        int block = BlockBytes(format), to = 0;
        for (int at = 0; at < rowBytes; at += block)
        {
            for (int piece = 0; piece < block;)
            {
                int length = PieceBytes(format, piece);
                for (int row = 0; row < GroupRows; row++, to += length)
                {
                    rows.Slice((row * rowBytes) + at + piece, length).CopyTo(lanes[to..]);
                }

                piece += length;
            }
        }
    }

    /// <summary>Takes one row out of a group.</summary>
    /// <param name="format">How a row is stored.</param>
    /// <param name="columns">Columns of a row.</param>
    /// <param name="lanes">A group.</param>
    /// <param name="row">Which of its rows, 0 to 7.</param>
    /// <param name="destination">The row as it lies in <see cref="WeightLayout.Rows"/>.</param>
    /// <exception cref="ArgumentException">As for <see cref="Arrange"/>.</exception>
    public static void RestoreRow(WeightFormat format, int columns, ReadOnlySpan<byte> lanes, int row, Span<byte> destination)
    {
        int rowBytes = Check(format, columns, lanes.Length, destination.Length * GroupRows);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)row, (uint)(GroupRows - 1), nameof(row));
        int block = BlockBytes(format);
        for (int at = 0; at < rowBytes; at += block)
        {
            for (int piece = 0; piece < block;)
            {
                int length = PieceBytes(format, piece);
                lanes.Slice(((at + piece) * GroupRows) + (row * length), length).CopyTo(destination[(at + piece)..]);
                piece += length;
            }
        }
    }

    private static int BlockBytes(WeightFormat format) =>
        format is WeightFormat.F16 or WeightFormat.BF16 ? FloatBlock * WeightFormats.BlockBytes(format) : WeightFormats.BlockBytes(format);

    /// <summary>Bytes of the piece that starts at a place of a block.</summary>
    private static int PieceBytes(WeightFormat format, int at) => format switch
    {
        WeightFormat.F16 or WeightFormat.BF16 => FloatBlock * WeightFormats.BlockBytes(format),
        WeightFormat.Q8_0 => 2,
        WeightFormat.Q4_0 => at == 0 ? 2 : 4,
        WeightFormat.Q6_K => at == 208 ? 2 : 4,
        _ => 4,
    };

    private static int Check(WeightFormat format, int columns, int groupLength, int otherLength)
    {
        if (!Fits(format, GroupRows, columns))
        {
            throw new ArgumentException($"Rows of {columns} columns of {format} cannot lie in lanes.", nameof(columns));
        }

        int rowBytes = checked((int)WeightFormats.RowBytes(format, columns));
        return groupLength == rowBytes * GroupRows && otherLength == groupLength
            ? rowBytes
            : throw new ArgumentException($"A group of {columns} columns of {format} has {rowBytes * GroupRows} bytes; got {groupLength} and {otherLength}.", nameof(groupLength));
    }
}
