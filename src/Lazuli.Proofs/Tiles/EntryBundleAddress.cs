using System.Diagnostics.CodeAnalysis;

namespace Lazuli.Proofs;

/// <summary>Names a bundle of up to 256 neighbouring entries of a log; it covers the leaves of the level 0 tile of the same index and width (C2SP tlog-tiles).</summary>
public readonly record struct EntryBundleAddress
{
    private const string Prefix = "tile/entries/";

    /// <summary>Names the bundle that belongs to a tile of leaf hashes.</summary>
    /// <param name="index">Which, from 0.</param>
    /// <param name="width">1 to 256 entries.</param>
    /// <exception cref="ArgumentOutOfRangeException">No tree of up to 2^63 - 1 leaves has such a bundle.</exception>
    public EntryBundleAddress(long index, int width) => Leaves = new TileAddress(0, index, width);

    /// <summary>The tile with the entries' leaf hashes.</summary>
    public TileAddress Leaves { get; }

    /// <summary>Which bundle, from 0.</summary>
    public long Index => Leaves.Index;

    /// <summary>Number of entries.</summary>
    public int Width => Leaves.Width;

    /// <summary>Where it lies below the log's prefix, such as <c>tile/entries/x001/x234/067</c> or <c>tile/entries/000.p/17</c>.</summary>
    public string Path => Prefix + TilePath.Format(Index, Width);

    /// <summary>Reads a <see cref="Path"/>; any other spelling is refused.</summary>
    public static bool TryParse([NotNullWhen(true)] string? path, out EntryBundleAddress address)
    {
        address = default;
        if (path is null || path.Length > TilePath.Longest || !path.StartsWith(Prefix, StringComparison.Ordinal)
            || !TilePath.TryParse(path.AsSpan(Prefix.Length), out long index, out int width)
            || index > long.MaxValue / TileAddress.FullWidth || (index * TileAddress.FullWidth) > long.MaxValue - width)
        {
            return false;
        }

        address = new EntryBundleAddress(index, width);
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => Path;
}
