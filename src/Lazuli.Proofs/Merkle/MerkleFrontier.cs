using System.Numerics;

namespace Lazuli.Proofs;

/// <summary>A growing Merkle tree of which only the right edge is kept: enough to append and to tell the root, in at most 63 hashes.</summary>
/// <remarks>The edge is the hashes of the complete subtrees that the tree's size falls into, largest first, one for each bit set in the size. Not safe for use by several threads.</remarks>
public sealed class MerkleFrontier
{
    private readonly List<MerkleHash> _edge;

    /// <summary>The tree without leaves.</summary>
    public MerkleFrontier() => _edge = [];

    /// <summary>Takes up a tree where another left it.</summary>
    /// <exception cref="ArgumentException"><paramref name="edge"/> has not one hash for each bit set in <paramref name="size"/>, or that is negative.</exception>
    public MerkleFrontier(long size, ReadOnlySpan<MerkleHash> edge)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(size);
        int wanted = BitOperations.PopCount((ulong)size);
        if (edge.Length != wanted)
        {
            throw new ArgumentException($"The right edge of a tree of {size} leaves is {wanted} hashes; got {edge.Length}.", nameof(edge));
        }

        Size = size;
        _edge = [.. edge];
    }

    /// <summary>Number of leaves.</summary>
    public long Size { get; private set; }

    /// <summary>The complete subtrees' hashes, largest subtree first.</summary>
    public IReadOnlyList<MerkleHash> Edge => _edge;

    /// <summary>The root of the tree.</summary>
    public MerkleHash Root => Size == 0 ? MerkleHash.OfEmptyTree : MerkleNode.Fold([.. _edge]);

    /// <summary>Adds a leaf by its hash.</summary>
    /// <exception cref="InvalidOperationException">The tree has 2^63 - 1 leaves.</exception>
    public void AppendHash(MerkleHash leaf)
    {
        if (Size == long.MaxValue)
        {
            throw new InvalidOperationException($"The tree is full: {Size} leaves.");
        }

        MerkleHash hash = leaf;
        for (long rest = Size; (rest & 1) != 0; rest >>= 1)
        {
            hash = MerkleHash.OfNode(_edge[^1], hash);
            _edge.RemoveAt(_edge.Count - 1);
        }

        _edge.Add(hash);
        Size++;
    }
}
