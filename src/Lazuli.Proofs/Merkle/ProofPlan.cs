using System.Numerics;

namespace Lazuli.Proofs;

/// <summary>Which complete subtrees a proof or a root is made of, and how their hashes come together.</summary>
/// <remarks>
/// RFC 6962 section 2.1 defines a proof as the hashes of ranges of leaves. Each range falls into at most 63 complete subtrees, whose hashes
/// never change once there, so they can be fetched (all at once, from tiles) before anything is hashed.
/// </remarks>
public sealed class ProofPlan
{
    private readonly List<MerkleNode> _nodes = [];
    private readonly List<int> _ends = []; // where in _nodes each hash of the proof ends

    private ProofPlan()
    {
    }

    /// <summary>The subtrees whose hashes <see cref="Assemble"/> wants, in that order.</summary>
    public IReadOnlyList<MerkleNode> Nodes => _nodes;

    /// <summary>Number of hashes in the proof.</summary>
    public int Length => _ends.Count;

    /// <summary>The root of the tree of the first <paramref name="size"/> leaves, as a proof of one hash.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="size"/> is under 1.</exception>
    public static ProofPlan Root(long size)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        ProofPlan plan = new();
        plan.Add([(0, size)]);
        return plan;
    }

    /// <summary>The proof that leaf <paramref name="index"/> is in the tree of <paramref name="size"/> leaves, sibling of the leaf first.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The tree has no such leaf.</exception>
    public static ProofPlan Inclusion(long index, long size)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, size);
        Stack<(long Start, long End)> ranges = new();
        (long low, long high) = (0, size);
        while (high - low > 1)
        {
            long middle = low + SplitPoint(high - low);
            if (index < middle)
            {
                ranges.Push((middle, high));
                high = middle;
            }
            else
            {
                ranges.Push((low, middle));
                low = middle;
            }
        }

        ProofPlan plan = new();
        plan.Add(ranges);
        return plan;
    }

    /// <summary>The proof that the tree of <paramref name="oldSize"/> leaves is the beginning of that of <paramref name="newSize"/>; without hashes where either is trivial.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="oldSize"/> is negative or above <paramref name="newSize"/>.</exception>
    public static ProofPlan Consistency(long oldSize, long newSize)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(oldSize);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(oldSize, newSize);
        ProofPlan plan = new();
        if (oldSize == 0 || oldSize == newSize)
        {
            return plan;
        }

        Stack<(long Start, long End)> ranges = new();
        (long low, long high) = (0, newSize);
        while (high != oldSize)
        {
            long middle = low + SplitPoint(high - low);
            if (oldSize <= middle)
            {
                ranges.Push((middle, high));
                high = middle;
            }
            else
            {
                ranges.Push((low, middle));
                low = middle;
            }
        }

        if (low != 0)
        {
            ranges.Push((low, high)); // else this subtree is the whole old tree, whose root the verifier has
        }

        plan.Add(ranges);
        return plan;
    }

    /// <summary>The proof, from the hashes of <see cref="Nodes"/> in their order.</summary>
    /// <exception cref="ArgumentException">Not as many hashes as nodes.</exception>
    public MerkleHash[] Assemble(ReadOnlySpan<MerkleHash> nodeHashes)
    {
        if (nodeHashes.Length != _nodes.Count)
        {
            throw new ArgumentException($"The plan has {_nodes.Count} subtrees; got {nodeHashes.Length} hashes.", nameof(nodeHashes));
        }

        MerkleHash[] proof = new MerkleHash[_ends.Count];
        int start = 0;
        for (int i = 0; i < proof.Length; i++)
        {
            proof[i] = MerkleNode.Fold(nodeHashes[start.._ends[i]]);
            start = _ends[i];
        }

        return proof;
    }

    /// <summary>The largest power of two under <paramref name="leaves"/>, which is at least 2.</summary>
    private static long SplitPoint(long leaves) => 1L << BitOperations.Log2((ulong)(leaves - 1));

    private void Add(IEnumerable<(long Start, long End)> ranges)
    {
        foreach ((long start, long end) in ranges)
        {
            MerkleNode.AppendCover(start, end, _nodes);
            _ends.Add(_nodes.Count);
        }
    }
}
