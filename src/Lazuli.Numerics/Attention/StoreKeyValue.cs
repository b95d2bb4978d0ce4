namespace Lazuli.Numerics;

/// <summary>Puts keys and values of R new tokens into their slots: <c>keyPool[slots[r],:] = k[r]</c>, <c>valuePool[slots[r],:] = v[r]</c>, rounded to the shape's format.</summary>
/// <remarks>Shapes: qkv [R, (H+2G)·D]; pools [slots, G·D]. Slots were checked by the caller and are distinct.</remarks>
internal unsafe struct StoreKeyValueJob(PagedAttentionShape shape, float* qkv, int* slots, byte* keyPool, byte* valuePool) : ITileJob
{
    public const int RowsPerTile = 32;

    public readonly void Execute(int tile, int worker)
    {
        int width = shape.KeyValueHeads * shape.HeadSize;
        nint bytes = shape.PoolRowBytes;
        int end = Math.Min((tile + 1) * RowsPerTile, shape.Rows);
        for (int r = tile * RowsPerTile; r < end; r++)
        {
            float* keys = qkv + ((long)r * shape.RowStride) + (shape.Heads * shape.HeadSize);
            KeyValueRows.Store(shape.Format, keys, width, keyPool + (slots[r] * bytes));
            KeyValueRows.Store(shape.Format, keys + width, width, valuePool + (slots[r] * bytes));
        }
    }
}
