namespace Lazuli.Numerics;

/// <summary>Puts keys and values of R new tokens into their slots, rounded to the shape's format: <c>keyPool[slots[r] / pageSize, g, slots[r] mod pageSize] = k[r, g]</c>, and values likewise.</summary>
/// <remarks>Shapes: qkv [R, (H+2G)·D]; pools [pages, G, pageSize, D]. Slots were checked by the caller and are distinct.</remarks>
internal unsafe struct StoreKeyValueJob(PagedAttentionShape shape, float* qkv, int* slots, byte* keyPool, byte* valuePool) : ITileJob
{
    public const int RowsPerTile = 32;

    public readonly void Execute(int tile, int worker)
    {
        nint headBytes = shape.HeadBytes;
        int end = Math.Min((tile + 1) * RowsPerTile, shape.Rows);
        for (int r = tile * RowsPerTile; r < end; r++)
        {
            float* keys = qkv + ((long)r * shape.RowStride) + (shape.Heads * shape.HeadSize);
            float* values = keys + (shape.KeyValueHeads * shape.HeadSize);
            nint page = slots[r] / shape.PageSize, offset = slots[r] % shape.PageSize;
            for (int g = 0; g < shape.KeyValueHeads; g++)
            {
                nint at = ((((page * shape.KeyValueHeads) + g) * shape.PageSize) + offset) * headBytes;
                KeyValueRows.Store(shape.Format, keys + (g * shape.HeadSize), shape.HeadSize, keyPool + at);
                KeyValueRows.Store(shape.Format, values + (g * shape.HeadSize), shape.HeadSize, valuePool + at);
            }
        }
    }
}
