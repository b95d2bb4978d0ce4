namespace Lazuli.Numerics;

/// <summary>Blocks of rows, fixed by shape, that normalisations hand to threads and reduce over.</summary>
internal static class NormalizationTiles
{
    private const int FloatsPerTile = 16384;
    private const int MostTiles = 128; // bounds the partial sums of the backward passes

    /// <summary>Rows of one tile: enough to be worth a dispatch, few enough tiles to combine.</summary>
    public static int RowsPerTile(int rows, int channels) => Math.Max(Math.Max(1, FloatsPerTile / channels), (rows + MostTiles - 1) / MostTiles);

    public static int TilesOf(int rows, int channels)
    {
        int perTile = RowsPerTile(rows, channels);
        return (rows + perTile - 1) / perTile;
    }

    public static (int Start, int End) RowsOf(int tile, int rows, int channels)
    {
        int perTile = RowsPerTile(rows, channels);
        return (tile * perTile, Math.Min((tile + 1) * perTile, rows));
    }
}
