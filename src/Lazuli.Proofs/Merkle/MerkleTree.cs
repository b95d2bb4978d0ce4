namespace Lazuli.Proofs;

/// <summary>A Merkle tree that grows by leaves at its right end and keeps every subtree's hash, so that it can prove anything about itself.</summary>
/// <remarks>64 bytes a leaf. Appending costs one hash a leaf on average, a proof at most a few dozen. Not safe for use by several threads while it grows.</remarks>
public sealed class MerkleTree
{
    private readonly List<List<MerkleHash>> _levels = [];

    /// <summary>Number of leaves.</summary>
    public long Size => _levels.Count == 0 ? 0 : _levels[0].Count;

    /// <summary>The root of the whole tree.</summary>
    public MerkleHash Root => RootAt(Size);

    /// <summary>Adds a leaf by its data.</summary>
    /// <returns>Its index.</returns>
    public long Append(ReadOnlySpan<byte> data) => AppendHash(MerkleHash.OfLeaf(data));

    /// <summary>Adds a leaf by its hash.</summary>
    /// <returns>Its index.</returns>
    public long AppendHash(MerkleHash leaf)
    {
        long index = Size;
        MerkleHash hash = leaf;
        for (int level = 0; ; level++)
        {
            if (level == _levels.Count)
            {
                _levels.Add([]);
            }

            List<MerkleHash> hashes = _levels[level];
            hashes.Add(hash);
            if (hashes.Count % 2 != 0)
            {
                return index;
            }

            hash = MerkleHash.OfNode(hashes[^2], hash);
        }
    }

    /// <summary>The hash of leaf <paramref name="index"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such leaf.</exception>
    public MerkleHash Leaf(long index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Size);
        return _levels[0][(int)index];
    }

    /// <summary>The root that the tree had when it had <paramref name="size"/> leaves.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It never had so many.</exception>
    public MerkleHash RootAt(long size)
    {
        CheckSize(size);
        return size == 0 ? MerkleHash.OfEmptyTree : Make(ProofPlan.Root(size))[0];
    }

    /// <summary>Proves that leaf <paramref name="index"/> is in the tree of the first <paramref name="size"/> leaves.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such leaf, or the tree never had that size.</exception>
    public MerkleHash[] ProveInclusion(long index, long size)
    {
        CheckSize(size);
        return Make(ProofPlan.Inclusion(index, size));
    }

    /// <summary>Proves that the tree of the first <paramref name="oldSize"/> leaves is the beginning of that of <paramref name="newSize"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The tree never had one of the sizes, or they are in the wrong order.</exception>
    public MerkleHash[] ProveConsistency(long oldSize, long newSize)
    {
        CheckSize(newSize);
        return Make(ProofPlan.Consistency(oldSize, newSize));
    }

    private void CheckSize(long size)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(size);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, Size);
    }

    private MerkleHash[] Make(ProofPlan plan)
    {
        MerkleHash[] hashes = new MerkleHash[plan.Nodes.Count];
        for (int i = 0; i < hashes.Length; i++)
        {
            MerkleNode node = plan.Nodes[i];
            hashes[i] = _levels[node.Level][(int)node.Index];
        }

        return plan.Assemble(hashes);
    }
}
