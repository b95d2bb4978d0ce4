using System.Security.Cryptography;
using Lazuli.Contracts;
using Lazuli.Proofs;

namespace Lazuli.Billing;

/// <summary>The tree over an interval's events, sorted by subject, source and sequence, and the proofs from it. Pure.</summary>
internal sealed class IntervalTree
{
    private readonly MerkleTree _tree = new();
    private readonly MeterLeaf[] _leaves;

    private IntervalTree(MeterLeaf[] leaves, MeterTotals totals)
    {
        _leaves = leaves;
        Totals = totals;
        foreach (MeterLeaf leaf in leaves)
        {
            _tree.AppendHash(leaf.ToHash());
        }
    }

    /// <summary>Leaves in their order.</summary>
    public IReadOnlyList<MeterLeaf> Leaves => _leaves;

    /// <summary>Sums over the events.</summary>
    public MeterTotals Totals { get; }

    /// <summary>The tree's root.</summary>
    public MerkleHash Root => _tree.Root;

    /// <summary>Builds the tree.</summary>
    /// <param name="events">The interval's events, in any order.</param>
    /// <param name="subjectOf">A party's name in leaves.</param>
    public static IntervalTree Build(IEnumerable<MeterEvent> events, Func<PartyId, string> subjectOf)
    {
        var totals = new MeterTotals();
        var leaves = new List<MeterLeaf>();
        foreach (MeterEvent e in events)
        {
            string subject = subjectOf(e.Party);
            leaves.Add(new MeterLeaf(subject, e.Source, e.Sequence, new MerkleHash(SHA256.HashData(CloudEventJson.Write(e, subject)))));
            totals.Add(e);
        }

        leaves.Sort();
        return new IntervalTree([.. leaves], totals);
    }

    /// <summary>What the log says of the interval.</summary>
    public IntervalSeal Seal(long intervalSeconds, int lengthSeconds, string previous) => new(intervalSeconds, lengthSeconds, _leaves.Length, Root, Totals, previous);

    /// <summary>Proves that these are all leaves of a subject: they stand side by side, and their neighbours are others'.</summary>
    public CompletenessProof Prove(string subject)
    {
        int first = 0;
        while (first < _leaves.Length && string.CompareOrdinal(_leaves[first].Subject, subject) < 0)
        {
            first++;
        }

        int end = first;
        while (end < _leaves.Length && _leaves[end].Subject == subject)
        {
            end++;
        }

        int from = Math.Max(0, first - 1);
        int until = Math.Min(_leaves.Length, end + 1);
        return new CompletenessProof(from, [.. Enumerable.Range(from, until - from).Select(i => new ProvenLeaf(_leaves[i], _tree.ProveInclusion(i, _leaves.Length)))]);
    }
}

/// <summary>All leaves of a subject in an interval, with the neighbour on either side where there is one; each with its way to the root.</summary>
/// <param name="FirstIndex">Where the first stands in the tree.</param>
/// <param name="Leaves">Side by side.</param>
internal sealed record CompletenessProof(long FirstIndex, IReadOnlyList<ProvenLeaf> Leaves);

/// <summary>A leaf and its inclusion proof.</summary>
/// <param name="Leaf">The leaf.</param>
/// <param name="Path">Hashes from its sibling up.</param>
internal sealed record ProvenLeaf(MeterLeaf Leaf, IReadOnlyList<MerkleHash> Path);
