namespace Lazuli.Models;

/// <summary>Transposes a matrix into another buffer.</summary>
internal static class Transposition
{
    /// <summary><c>target[c, r] = source[r, c]</c>; <paramref name="source"/> is [rows, columns].</summary>
    public static void Transpose(ReadOnlySpan<float> source, Span<float> target, int rows, int columns)
    {
        const int Tile = 32; // 32 lines of 32 floats of each side stay in the first-level cache
        for (int r0 = 0; r0 < rows; r0 += Tile)
        {
            int r1 = Math.Min(r0 + Tile, rows);
            for (int c0 = 0; c0 < columns; c0 += Tile)
            {
                int c1 = Math.Min(c0 + Tile, columns);
                for (int r = r0; r < r1; r++)
                {
                    for (int c = c0; c < c1; c++)
                    {
                        target[(c * rows) + r] = source[(r * columns) + c];
                    }
                }
            }
        }
    }
}
