using Lazuli.Numerics;

namespace Lazuli.Models;

/// <summary>A tensor to write and how its rows are stored.</summary>
internal sealed record GgufStoredTensor(GgufTensor Tensor, WeightFormat Format)
{
    /// <summary>Bytes of one row.</summary>
    public long RowBytes => WeightFormats.RowBytes(Format, Tensor.Columns);

    /// <summary>Bytes of the tensor, without padding.</summary>
    public long ByteLength => checked(RowBytes * Tensor.Rows);
}
