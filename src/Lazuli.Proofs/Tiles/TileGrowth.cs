namespace Lazuli.Proofs;

/// <summary>Which tiles and entry bundles a log writes as it grows.</summary>
public static class TileGrowth
{
    /// <summary>The tiles that a tree of <paramref name="newSize"/> leaves has and one of <paramref name="oldSize"/> has not, level by level, from the left.</summary>
    /// <remarks>With an <paramref name="oldSize"/> of 0: all tiles of the tree. Made as they are asked for, so that no size is too large.</remarks>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="oldSize"/> is negative or above <paramref name="newSize"/>.</exception>
    public static IEnumerable<TileAddress> Tiles(long oldSize, long newSize)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(oldSize);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(oldSize, newSize);
        return Enumerate(oldSize, newSize);

        static IEnumerable<TileAddress> Enumerate(long oldSize, long newSize)
        {
            for (int level = 0; level <= TileAddress.HighestLevel; level++)
            {
                long had = oldSize >> (8 * level);
                long has = newSize >> (8 * level);
                if (had == has)
                {
                    yield break; // nor has any level above changed
                }

                for (long index = had / TileAddress.FullWidth; TileAddress.InTree(level, index, newSize) is TileAddress tile; index++)
                {
                    yield return tile;
                }
            }
        }
    }

    /// <summary>The entry bundles that belong to the level 0 tiles of <see cref="Tiles"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="oldSize"/> is negative or above <paramref name="newSize"/>.</exception>
    public static IEnumerable<EntryBundleAddress> Bundles(long oldSize, long newSize) =>
        Tiles(oldSize, newSize).TakeWhile(t => t.Level == 0).Select(t => new EntryBundleAddress(t.Index, t.Width));
}
