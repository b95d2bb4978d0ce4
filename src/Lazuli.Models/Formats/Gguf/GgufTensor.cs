namespace Lazuli.Models;

/// <summary>A tensor of a GGUF file and the rows of our parameter that it is.</summary>
/// <param name="Name">Its name there.</param>
/// <param name="Parameter">Our parameter.</param>
/// <param name="FirstRow">First of our rows; 0 for a vector.</param>
/// <param name="Rows">Number of rows; 1 for a vector.</param>
/// <param name="Type">How its elements are stored.</param>
/// <param name="InterleavedHeads">Number of heads whose rows are reordered into neighbouring rotary pairs; 0 when rows stay as they are.</param>
internal sealed record GgufTensor(string Name, ParameterInfo Parameter, int FirstRow, int Rows, GgufTensorType Type, int InterleavedHeads)
{
    /// <summary>Elements of a row.</summary>
    public int Columns => Parameter.Columns;

    /// <summary>Sizes, innermost first, as the format wants them.</summary>
    public IReadOnlyList<long> Dimensions => Parameter.IsMatrix ? [Columns, Rows] : [Columns];

    /// <summary>Bytes of one row.</summary>
    public long RowBytes => Type switch
    {
        GgufTensorType.F32 => 4L * Columns,
        GgufTensorType.F16 => 2L * Columns,
        _ => (long)Columns / Q8Block.Values * Q8Block.Bytes,
    };

    /// <summary>Bytes of the tensor, without padding.</summary>
    public long ByteLength => RowBytes * Rows;

    /// <summary>
    /// Our row that lies at <paramref name="row"/> of the tensor. Ours turns channel j with channel j + D/2; readers of architecture <c>llama</c> turn neighbours,
    /// so row <c>h·D + 2j + p</c> there is our <c>h·D + p·D/2 + j</c>.
    /// </summary>
    public int SourceRow(int row)
    {
        if (InterleavedHeads == 0)
        {
            return FirstRow + row;
        }

        int headSize = Rows / InterleavedHeads;
        int inHead = row % headSize;
        return FirstRow + (row - inHead) + (inHead % 2 * (headSize / 2)) + (inHead / 2);
    }
}
