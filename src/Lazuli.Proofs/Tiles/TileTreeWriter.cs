namespace Lazuli.Proofs;

/// <summary>Grows a log's tree and says what to write: full tiles as they fill, partial ones when asked.</summary>
/// <remarks>Keeps at most 255 hashes a level. Not safe for use by several threads.</remarks>
public sealed class TileTreeWriter
{
    private readonly List<MerkleHash>[] _partial = [.. Enumerable.Range(0, TileAddress.HighestLevel + 1).Select(_ => new List<MerkleHash>())];
    private readonly List<(TileAddress, byte[])> _full = [];
    private long _written;

    /// <summary>A tree without leaves.</summary>
    public TileTreeWriter()
    {
    }

    /// <summary>Goes on where a tree of <paramref name="size"/> leaves ends; compare <see cref="Root"/> with the root last signed before anything else.</summary>
    /// <param name="size">Number of leaves.</param>
    /// <param name="rightEdge">Its partial tiles, as <see cref="TileTree.RightEdgeAsync"/> gives them.</param>
    /// <exception cref="ArgumentException">They are not the partial tiles of a tree of that size.</exception>
    public TileTreeWriter(long size, IReadOnlyList<Tile> rightEdge)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(size);
        for (int level = 0, next = 0; level <= TileAddress.HighestLevel; level++)
        {
            if (TileAddress.InTree(level, (size >> (8 * level)) / TileAddress.FullWidth, size) is not TileAddress wanted)
            {
                continue;
            }

            if (next == rightEdge.Count || rightEdge[next].Address != wanted)
            {
                throw new ArgumentException($"The right edge of a tree of {size} leaves has {wanted} here; got {(next == rightEdge.Count ? "nothing" : rightEdge[next].Address)}.", nameof(rightEdge));
            }

            Tile tile = rightEdge[next++];
            for (int i = 0; i < wanted.Width; i++)
            {
                _partial[level].Add(tile[i]);
            }
        }

        Size = size;
        _written = size;
    }

    /// <summary>Number of leaves.</summary>
    public long Size { get; private set; }

    /// <summary>The root of the tree.</summary>
    public MerkleHash Root
    {
        get
        {
            if (Size == 0)
            {
                return MerkleHash.OfEmptyTree;
            }

            ProofPlan plan = ProofPlan.Root(Size);
            MerkleHash[] hashes = [.. plan.Nodes.Select(Subtree)];
            return plan.Assemble(hashes)[0];
        }
    }

    /// <summary>Adds a leaf by its hash.</summary>
    /// <returns>Its index.</returns>
    /// <exception cref="InvalidOperationException">The tree has 2^63 - 1 leaves.</exception>
    public long AppendHash(MerkleHash leaf)
    {
        if (Size == long.MaxValue)
        {
            throw new InvalidOperationException($"The tree is full: {Size} leaves.");
        }

        Size++;
        MerkleHash hash = leaf;
        for (int level = 0; ; level++)
        {
            List<MerkleHash> hashes = _partial[level];
            hashes.Add(hash);
            if (hashes.Count < TileAddress.FullWidth)
            {
                return Size - 1;
            }

            TileAddress address = new(level, (Size >> (8 * (level + 1))) - 1, TileAddress.FullWidth);
            byte[] bytes = Bytes(hashes);
            hash = Tile.Parse(address, bytes).Root(0, 8);
            _full.Add((address, bytes));
            hashes.Clear();
        }
    }

    /// <summary>The tiles that the tree has and did not have at the last call: to be on disk before a checkpoint of <see cref="Size"/> is signed.</summary>
    public IReadOnlyList<(TileAddress Address, byte[] Bytes)> TakeTiles()
    {
        List<(TileAddress, byte[])> tiles = [.. _full];
        _full.Clear();
        for (int level = 0; level <= TileAddress.HighestLevel && _written >> (8 * level) != Size >> (8 * level); level++)
        {
            if (_partial[level].Count > 0)
            {
                tiles.Add((new TileAddress(level, (Size >> (8 * level)) / TileAddress.FullWidth, _partial[level].Count), Bytes(_partial[level])));
            }
        }

        _written = Size;
        return tiles;
    }

    /// <summary>The subtrees that the whole tree falls into all end within partial tiles.</summary>
    private MerkleHash Subtree(MerkleNode node)
    {
        (TileAddress tile, int start, int height) = TileAddress.Holding(node, Size);
        return Tile.Parse(tile, Bytes(_partial[tile.Level])).Root(start, height);
    }

    private static byte[] Bytes(List<MerkleHash> hashes)
    {
        byte[] bytes = new byte[hashes.Count * MerkleHash.Length];
        for (int i = 0; i < hashes.Count; i++)
        {
            hashes[i].CopyTo(bytes.AsSpan(i * MerkleHash.Length));
        }

        return bytes;
    }
}
