using System.Diagnostics.CodeAnalysis;

namespace Lazuli.Proofs;

/// <summary>Names a tile of a log: up to 256 neighbouring hashes of one level (C2SP tlog-tiles).</summary>
/// <remarks>Hash i of tile n at level l is the root of the 256^l leaves from <c>(256 n + i) · 256^l</c> on. Only trees of up to 2^63 - 1 leaves are known here, whose tiles lie at levels 0 to 7.</remarks>
public readonly record struct TileAddress
{
    /// <summary>Number of hashes of a full tile.</summary>
    public const int FullWidth = 256;

    /// <summary>The highest level at which a tree of 2^63 - 1 leaves has tiles.</summary>
    public const int HighestLevel = 7;

    private const string Prefix = "tile/";

    /// <summary>Names a tile.</summary>
    /// <param name="level">0 to 7.</param>
    /// <param name="index">Which of its level, from 0.</param>
    /// <param name="width">1 to 256 hashes; under 256 the tile is partial.</param>
    /// <exception cref="ArgumentOutOfRangeException">No tree of up to 2^63 - 1 leaves has such a tile.</exception>
    public TileAddress(int level, long index, int width)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(level);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(level, HighestLevel);
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(width, FullWidth);
        if (!Fits(level, index, width))
        {
            throw new ArgumentOutOfRangeException(nameof(index), index, $"No tree of up to 2^63 - 1 leaves has this tile of width {width} at level {level}.");
        }

        (Level, Index, Width) = (level, index, width);
    }

    /// <summary>0 for tiles of leaf hashes.</summary>
    public int Level { get; }

    /// <summary>Which of its level, from the left, from 0.</summary>
    public long Index { get; }

    /// <summary>Number of hashes.</summary>
    public int Width { get; }

    /// <summary>Whether it has fewer than 256 hashes.</summary>
    public bool IsPartial => Width < FullWidth;

    /// <summary>Length of the tile in bytes.</summary>
    public int ByteLength => Width * MerkleHash.Length;

    /// <summary>Where it lies below the log's prefix, such as <c>tile/0/x001/x234/067</c> or <c>tile/1/000.p/17</c>.</summary>
    public string Path => $"{Prefix}{Level}/{TilePath.Format(Index, Width)}";

    /// <summary>Reads a <see cref="Path"/>; any other spelling is refused.</summary>
    public static bool TryParse([NotNullWhen(true)] string? path, out TileAddress address)
    {
        address = default;
        if (path is null || path.Length is < 7 or > TilePath.Longest || !path.StartsWith(Prefix, StringComparison.Ordinal) || path[6] != '/')
        {
            return false;
        }

        int level = path[5] - '0'; // levels 8 to 63 can be spelt, but no tree of a size known here has them
        if (level is < 0 or > HighestLevel || !TilePath.TryParse(path.AsSpan(7), out long index, out int width) || !Fits(level, index, width))
        {
            return false;
        }

        address = new TileAddress(level, index, width);
        return true;
    }

    /// <summary>The tile as a tree of <paramref name="size"/> leaves has it, full or partial; null if it has none of it.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A negative size or index, or a level outside 0 to 7.</exception>
    public static TileAddress? InTree(int level, long index, long size)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(size);
        ArgumentOutOfRangeException.ThrowIfNegative(level);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(level, HighestLevel);
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        long hashes = size >> (8 * level);
        return index > hashes / FullWidth || index * FullWidth == hashes
            ? null
            : new TileAddress(level, index, (int)Math.Min(FullWidth, hashes - (index * FullWidth)));
    }

    /// <summary>The tile of a tree of <paramref name="size"/> leaves from which the hash of a complete subtree comes, and where in it: the root of <c>2^Height</c> hashes from <c>Start</c> on.</summary>
    internal static (TileAddress Tile, int Start, int Height) Holding(MerkleNode node, long size)
    {
        int level = node.Level / 8;
        int height = node.Level % 8;
        long first = node.Index << height;
        TileAddress tile = InTree(level, first / FullWidth, size) ?? throw new ArgumentOutOfRangeException(nameof(node), node, $"A tree of {size} leaves has no such subtree.");
        return (tile, (int)(first % FullWidth), height);
    }

    /// <inheritdoc/>
    public override string ToString() => Path;

    /// <summary>Whether the last leaf under the tile has an index under 2^63 - 1.</summary>
    private static bool Fits(int level, long index, int width) => (((UInt128)(ulong)index * FullWidth) + (uint)width) << (8 * level) <= (UInt128)long.MaxValue;
}
