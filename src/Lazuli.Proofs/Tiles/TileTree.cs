namespace Lazuli.Proofs;

/// <summary>Makes proofs about a log's tree of a given size from its tiles, each read once for a proof.</summary>
/// <remarks>Trusts no tile: check the proof against a signed root, which a changed hash cannot lead to.</remarks>
/// <param name="source">The tiles.</param>
/// <param name="size">Number of leaves of the tree, from a checkpoint.</param>
public sealed class TileTree(ITileSource source, long size)
{
    /// <summary>Number of leaves.</summary>
    public long Size { get; } = size >= 0 ? size : throw new ArgumentOutOfRangeException(nameof(size), size, "A tree has no negative number of leaves.");

    /// <summary>The root that the tiles lead to.</summary>
    /// <exception cref="TileFormatException">A tile is missing or malformed.</exception>
    public async ValueTask<MerkleHash> RootAsync(CancellationToken cancellationToken) =>
        Size == 0 ? MerkleHash.OfEmptyTree : (await MakeAsync(ProofPlan.Root(Size), cancellationToken).ConfigureAwait(false))[0];

    /// <summary>The hash of leaf <paramref name="index"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The tree has no such leaf.</exception>
    /// <exception cref="TileFormatException">A tile is missing or malformed.</exception>
    public async ValueTask<MerkleHash> LeafAsync(long index, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Size);
        return (await ReadAsync([new MerkleNode(0, index)], cancellationToken).ConfigureAwait(false))[0];
    }

    /// <summary>The proof that leaf <paramref name="index"/> is in the tree.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The tree has no such leaf.</exception>
    /// <exception cref="TileFormatException">A tile is missing or malformed.</exception>
    public ValueTask<MerkleHash[]> ProveInclusionAsync(long index, CancellationToken cancellationToken) =>
        MakeAsync(ProofPlan.Inclusion(index, Size), cancellationToken);

    /// <summary>The proof that the tree begins with the one of <paramref name="oldSize"/> leaves.</summary>
    /// <exception cref="ArgumentOutOfRangeException">That is larger, or negative.</exception>
    /// <exception cref="TileFormatException">A tile is missing or malformed.</exception>
    public ValueTask<MerkleHash[]> ProveConsistencyAsync(long oldSize, CancellationToken cancellationToken) =>
        MakeAsync(ProofPlan.Consistency(oldSize, Size), cancellationToken);

    /// <summary>The right edge of the tree, from which it can grow on (see <see cref="TileTreeWriter"/>): the partial tile of each level that has one.</summary>
    /// <exception cref="TileFormatException">A tile is missing or malformed.</exception>
    public async ValueTask<IReadOnlyList<Tile>> RightEdgeAsync(CancellationToken cancellationToken)
    {
        List<Tile> edge = [];
        for (int level = 0; level <= TileAddress.HighestLevel; level++)
        {
            if (TileAddress.InTree(level, (Size >> (8 * level)) / TileAddress.FullWidth, Size) is TileAddress partial)
            {
                edge.Add(await ReadAsync(partial, cancellationToken).ConfigureAwait(false));
            }
        }

        return edge;
    }

    private async ValueTask<MerkleHash[]> MakeAsync(ProofPlan plan, CancellationToken cancellationToken) =>
        plan.Assemble(await ReadAsync(plan.Nodes, cancellationToken).ConfigureAwait(false));

    private async ValueTask<MerkleHash[]> ReadAsync(IReadOnlyList<MerkleNode> nodes, CancellationToken cancellationToken)
    {
        Dictionary<TileAddress, Tile> tiles = [];
        MerkleHash[] hashes = new MerkleHash[nodes.Count];
        for (int i = 0; i < hashes.Length; i++)
        {
            (TileAddress address, int start, int height) = TileAddress.Holding(nodes[i], Size);
            if (!tiles.TryGetValue(address, out Tile? tile))
            {
                tile = await ReadAsync(address, cancellationToken).ConfigureAwait(false);
                tiles.Add(address, tile);
            }

            hashes[i] = tile.Root(start, height);
        }

        return hashes;
    }

    private async ValueTask<Tile> ReadAsync(TileAddress address, CancellationToken cancellationToken)
    {
        ReadOnlyMemory<byte>? bytes = await source.ReadAsync(address, cancellationToken).ConfigureAwait(false);
        return bytes is ReadOnlyMemory<byte> read
            ? Tile.Parse(address, read)
            : throw new TileFormatException(address.Path, 0, $"a tile, since the tree has {Size} leaves", "no such tile");
    }
}
