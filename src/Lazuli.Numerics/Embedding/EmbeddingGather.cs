namespace Lazuli.Numerics;

/// <summary><c>y[r,:] = table[ids[r],:]</c>, or <c>y +=</c>.</summary>
/// <remarks>Shapes: ids [R]; table [V, C]; y [R, C]. Ids were checked by the caller.</remarks>
internal unsafe struct EmbeddingGatherJob(int rows, int channels, int* ids, float* table, float* y, bool accumulate) : ITileJob
{
    public const int RowsPerTile = 32;

    public readonly void Execute(int tile, int worker)
    {
        int end = Math.Min((tile + 1) * RowsPerTile, rows);
        for (int r = tile * RowsPerTile; r < end; r++)
        {
            float* source = table + ((long)ids[r] * channels);
            float* target = y + ((long)r * channels);
            if (accumulate)
            {
                RowMath.Add(source, target, channels);
            }
            else
            {
                Buffer.MemoryCopy(source, target, (long)channels * sizeof(float), (long)channels * sizeof(float));
            }
        }
    }
}
