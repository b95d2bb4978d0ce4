namespace Lazuli.Numerics;

/// <summary>Inference attention over pages of a key/value pool.</summary>
public readonly record struct PagedAttentionShape(int Rows, int Heads, int KeyValueHeads, int HeadSize, int PageSize, int MaxPagesPerSequence)
{
    /// <summary>Floats of one qkv row: (H + 2G)·D.</summary>
    public int RowStride => (Heads + (2 * KeyValueHeads)) * HeadSize;
}
