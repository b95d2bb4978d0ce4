namespace Lazuli.Numerics;

/// <summary>Inference attention over pages of a key/value pool, which is floats for F32 and bytes for other formats.</summary>
public readonly record struct PagedAttentionShape(int Rows, int Heads, int KeyValueHeads, int HeadSize, int PageSize, int MaxPagesPerSequence, KeyValueFormat Format = KeyValueFormat.F32)
{
    /// <summary>Floats of one qkv row: (H + 2G)·D.</summary>
    public int RowStride => (Heads + (2 * KeyValueHeads)) * HeadSize;

    /// <summary>Bytes of one head of one token.</summary>
    /// <exception cref="ArgumentException">A head is no whole number of the format's blocks.</exception>
    public int HeadBytes => KeyValueRows.Bytes(Format, HeadSize);

    /// <summary>Bytes of one slot of a pool: G heads of D channels.</summary>
    /// <exception cref="ArgumentException">A head is no whole number of the format's blocks.</exception>
    public int PoolRowBytes => KeyValueHeads * HeadBytes;
}
