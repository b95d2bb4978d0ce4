namespace Lazuli.Numerics;

/// <summary>Copies keys and values of R new tokens to their slots: <c>keyPool[slots[r],:] = k[r]</c>, <c>valuePool[slots[r],:] = v[r]</c>.</summary>
/// <remarks>Shapes: qkv [R, (H+2G)·D]; pools [slots, G·D]. Slots were checked by the caller and are distinct.</remarks>
internal unsafe struct StoreKeyValueJob(PagedAttentionShape shape, float* qkv, int* slots, float* keyPool, float* valuePool) : ITileJob
{
    public const int RowsPerTile = 32;

    public readonly void Execute(int tile, int worker)
    {
        int width = shape.KeyValueHeads * shape.HeadSize;
        long bytes = (long)width * sizeof(float);
        int end = Math.Min((tile + 1) * RowsPerTile, shape.Rows);
        for (int r = tile * RowsPerTile; r < end; r++)
        {
            float* keys = qkv + ((long)r * shape.RowStride) + (shape.Heads * shape.HeadSize);
            long slot = (long)slots[r] * width;
            Buffer.MemoryCopy(keys, keyPool + slot, bytes, bytes);
            Buffer.MemoryCopy(keys + width, valuePool + slot, bytes, bytes);
        }
    }
}
