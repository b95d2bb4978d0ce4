namespace Lazuli.Models;

/// <summary>A tensor of a GGUF file and the rows of our parameter that it is.</summary>
/// <param name="Name">Its name there.</param>
/// <param name="Parameter">Our parameter.</param>
/// <param name="FirstRow">First of our rows.</param>
/// <param name="Rows">Number of rows. A vector is one row, unless it holds only a part of ours: then its elements are the rows.</param>
/// <param name="Columns">Elements of a row.</param>
/// <param name="InterleavedHeads">Number of heads whose rows are reordered into neighbouring rotary pairs; 0 when rows stay as they are.</param>
internal sealed record GgufTensor(string Name, ParameterInfo Parameter, int FirstRow, int Rows, int Columns, int InterleavedHeads)
{
    /// <summary>Number of elements.</summary>
    public long Length => (long)Rows * Columns;

    /// <summary>Sizes, innermost first, as the format wants them.</summary>
    public IReadOnlyList<long> Dimensions => Parameter.IsMatrix ? [Columns, Rows] : [Length];

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
