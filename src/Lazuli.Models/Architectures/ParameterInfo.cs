namespace Lazuli.Models;

/// <summary>One parameter of a model and its place in the flat parameter buffer.</summary>
/// <param name="Name">Our name, e.g. <c>blocks.3.attention.qkv.weight</c>.</param>
/// <param name="Role">What it is for.</param>
/// <param name="Block">Number of its block; −1 outside the blocks.</param>
/// <param name="Rows">Rows of a matrix; 1 for a vector.</param>
/// <param name="Columns">Columns of a matrix (inputs of a linear layer); length of a vector.</param>
/// <param name="Offset">First float in the flat buffer; a multiple of 16.</param>
/// <param name="PartRows">Rows of the logical matrices stacked in this one: query, key, value; gate, up. Sums to <paramref name="Rows"/>.</param>
public sealed record ParameterInfo(string Name, ParameterRole Role, int Block, int Rows, int Columns, long Offset, IReadOnlyList<int> PartRows)
{
    /// <summary>Number of floats.</summary>
    public long Length => (long)Rows * Columns;

    /// <summary>Whether it is a matrix used by matrix products or look-ups (decayed), not a vector.</summary>
    public bool IsMatrix => Role is ParameterRole.TokenEmbedding or ParameterRole.PositionEmbedding or ParameterRole.HiddenMatrix or ParameterRole.Head;
}
