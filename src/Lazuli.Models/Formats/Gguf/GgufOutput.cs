using Lazuli.Numerics;

namespace Lazuli.Models;

/// <summary>A tensor to be written.</summary>
internal sealed record GgufOutput
{
    public required string Name { get; init; }

    /// <summary>Sizes, innermost first, as the format wants them.</summary>
    public required IReadOnlyList<long> Dimensions { get; init; }

    public required WeightFormat Format { get; init; }

    public required int Rows { get; init; }

    public required int Columns { get; init; }

    /// <summary>Called once before the rows are asked for.</summary>
    public Action? Begin { get; init; }

    /// <summary>Stores a row; called from several threads at once.</summary>
    public required RowWriter Write { get; init; }

    /// <summary>Bytes of one row.</summary>
    public long RowBytes => WeightFormats.RowBytes(Format, Columns);

    /// <summary>Bytes of the tensor, without padding.</summary>
    public long ByteLength => checked(RowBytes * Rows);

    /// <summary>Fills the bytes of row <paramref name="row"/>.</summary>
    public delegate void RowWriter(int row, Span<byte> bytes);

    /// <summary>Stores a row, naming the tensor where it does not fit.</summary>
    public static void Encode(string tensor, WeightFormat format, ReadOnlySpan<float> row, Span<byte> bytes)
    {
        try
        {
            WeightCodec.Quantize(format, row, bytes);
        }
        catch (ArgumentException e)
        {
            throw new ArgumentException($"Tensor '{tensor}' cannot be stored: {e.Message}", nameof(row), e);
        }
    }
}
