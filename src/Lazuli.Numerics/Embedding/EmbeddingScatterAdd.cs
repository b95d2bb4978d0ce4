namespace Lazuli.Numerics;

/// <summary><c>dTable[ids[r],:] += dy[r,:]</c>, in ascending order of r for each id.</summary>
/// <remarks>Shapes: ids [R]; dy [R, C]; dTable [V, C]. A tile is a stripe of columns and walks all rows, so no two threads meet and the order is the rows'.</remarks>
internal unsafe struct EmbeddingScatterAddJob(int rows, int channels, int* ids, float* dy, float* dTable) : ITileJob
{
    public const int ColumnsPerTile = 64;

    public static int TilesOf(int channels) => (channels + ColumnsPerTile - 1) / ColumnsPerTile;

    public readonly void Execute(int tile, int worker)
    {
        int column = tile * ColumnsPerTile;
        int count = Math.Min(ColumnsPerTile, channels - column);
        for (int r = 0; r < rows; r++)
        {
            RowMath.Add(dy + ((long)r * channels) + column, dTable + ((long)ids[r] * channels) + column, count);
        }
    }
}
