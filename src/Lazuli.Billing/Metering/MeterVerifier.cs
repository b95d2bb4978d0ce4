using System.Globalization;
using System.Security.Cryptography;
using Lazuli.Contracts;
using Lazuli.Proofs;

namespace Lazuli.Billing;

/// <summary>Checks meter proofs with nothing but the log's entry for the interval, which the reader has checked against the log's checkpoint. Pure; no store, no clock, no trust in the seller.</summary>
internal static class MeterVerifier
{
    /// <summary>Checks that these events are all that a subject has in the interval, no more and no less.</summary>
    /// <param name="seal">The log's entry.</param>
    /// <param name="proof">From the seller.</param>
    /// <param name="subject">The party's name in leaves, which the party computes from its own salt.</param>
    /// <param name="events">The events that the party was told of; only their order does not matter.</param>
    /// <returns>What is wrong and where; null when all holds.</returns>
    public static string? WhyIncomplete(IntervalSeal seal, CompletenessProof proof, string subject, IReadOnlyList<MeterEvent> events)
    {
        for (int i = 0; i < proof.Leaves.Count; i++)
        {
            (MeterLeaf leaf, IReadOnlyList<MerkleHash> path) = (proof.Leaves[i].Leaf, proof.Leaves[i].Path);
            long index = proof.FirstIndex + i;
            if (MerkleProof.VerifyInclusion(leaf.ToHash(), index, seal.Count, seal.Root, [.. path]) is ProofResult.Invalid invalid)
            {
                return At(index, $"is not under the interval's root: {invalid.Reason}");
            }

            if (i > 0 && proof.Leaves[i - 1].Leaf.CompareTo(leaf) >= 0)
            {
                return At(index, "is out of order");
            }
        }

        MeterLeaf[] own = [.. proof.Leaves.Select(proven => proven.Leaf).Where(leaf => leaf.Subject == subject)];
        bool startsAtEdge = proof.FirstIndex == 0;
        bool endsAtEdge = proof.FirstIndex + proof.Leaves.Count == seal.Count;
        if (!startsAtEdge && (proof.Leaves.Count == 0 || string.CompareOrdinal(proof.Leaves[0].Leaf.Subject, subject) >= 0))
        {
            return At(proof.FirstIndex, "is not the neighbour before: something of the subject may stand further left");
        }

        if (!endsAtEdge && (proof.Leaves.Count == 0 || string.CompareOrdinal(proof.Leaves[^1].Leaf.Subject, subject) <= 0))
        {
            return At(proof.FirstIndex + proof.Leaves.Count - 1, "is not the neighbour behind: something of the subject may stand further right");
        }

        return WhyDifferent(own, subject, events);
    }

    /// <summary>The licensor's check of an interval whose events are disclosed to it: all of them make the root, the count and the sums.</summary>
    /// <param name="seal">The log's entry.</param>
    /// <param name="events">All events, in any order.</param>
    /// <param name="subjectOf">Parties' names in leaves.</param>
    /// <returns>What is wrong; null when all holds.</returns>
    public static string? WhyNotTheWhole(IntervalSeal seal, IReadOnlyList<MeterEvent> events, Func<PartyId, string> subjectOf)
    {
        if (events.Count != seal.Count)
        {
            return string.Create(CultureInfo.InvariantCulture, $"The log says {seal.Count} events; {events.Count} were disclosed.");
        }

        IntervalTree tree = IntervalTree.Build(events, subjectOf);
        return tree.Root != seal.Root ? $"The disclosed events make the root {tree.Root}; the log says {seal.Root}."
            : !tree.Totals.Matches(seal.Totals) ? "The disclosed events add up to other sums than the log says."
            : null;
    }

    /// <summary>Checks that entries of the log follow each other without one left out or changed.</summary>
    /// <param name="entries">As the log has them, in its order.</param>
    /// <returns>What is wrong and at which; null when all holds.</returns>
    public static string? WhyBroken(IReadOnlyList<byte[]> entries)
    {
        for (int i = 1; i < entries.Count; i++)
        {
            IntervalSeal before = IntervalSeal.Read(entries[i - 1]);
            IntervalSeal seal = IntervalSeal.Read(entries[i]);
            if (seal.Previous != Convert.ToHexStringLower(SHA256.HashData(entries[i - 1])) || seal.IntervalSeconds <= before.IntervalSeconds)
            {
                return string.Create(CultureInfo.InvariantCulture, $"Entry {i}, interval {seal.IntervalSeconds}, does not follow the one before it, interval {before.IntervalSeconds}.");
            }
        }

        return null;
    }

    private static string? WhyDifferent(MeterLeaf[] own, string subject, IReadOnlyList<MeterEvent> events)
    {
        MeterLeaf[] told = [.. events.Select(e => new MeterLeaf(subject, e.Source, e.Sequence, new MerkleHash(SHA256.HashData(CloudEventJson.Write(e, subject))))).Order()];
        for (int i = 0; i < Math.Max(own.Length, told.Length); i++)
        {
            if (i >= told.Length || (i < own.Length && own[i].CompareTo(told[i]) < 0))
            {
                return string.Create(CultureInfo.InvariantCulture, $"The log has event {own[i].Source}/{own[i].Sequence}, which is not among those told.");
            }

            if (i >= own.Length || own[i].CompareTo(told[i]) > 0)
            {
                return string.Create(CultureInfo.InvariantCulture, $"Event {told[i].Source}/{told[i].Sequence} is not under the log.");
            }

            if (own[i].EventHash != told[i].EventHash)
            {
                return string.Create(CultureInfo.InvariantCulture, $"Event {told[i].Source}/{told[i].Sequence} has other content than what is under the log.");
            }
        }

        return null;
    }

    private static string At(long index, string what) => string.Create(CultureInfo.InvariantCulture, $"Leaf {index} {what}.");
}
