using System.Globalization;
using System.Text;
using Lazuli.Contracts;
using Lazuli.Proofs;

namespace Lazuli.Billing;

/// <summary>Checks a usage proof with the log's public key and nothing else: no store, no network, no trust in the seller.</summary>
/// <remarks>
/// (1) Each interval's entry is under a checkpoint that the log signed. (2) The entries follow one another, each naming the one before it, and cover the period.
/// (3) In each, the party's leaves stand side by side between others', and the events told are exactly those leaves.
/// </remarks>
public static class UsageProofVerifier
{
    /// <summary>Checks it.</summary>
    /// <param name="proof">From the seller.</param>
    /// <param name="logKey">The log's key (vkey), from somebody else than the seller.</param>
    public static UsageVerdict Verify(UsageProof proof, string logKey)
    {
        ArgumentNullException.ThrowIfNull(proof);
        ArgumentNullException.ThrowIfNull(logKey);
        var counted = new List<MeterEvent>();
        string? fault;
        try
        {
            fault = WhyNot(proof, VerifierKey.Parse(logKey), counted);
        }
        catch (Exception e) when (e is NoteFormatException or FormatException or ArgumentException or System.Text.Json.JsonException or OverflowException or KeyNotFoundException or InvalidOperationException)
        {
            fault = $"The proof cannot be read: {e.Message}";
        }

        return new UsageVerdict(
            fault,
            proof.Intervals.Count,
            counted.Count,
            new ChargedTokens(counted.Sum(e => e.Tokens.Prompt), counted.Sum(e => e.Tokens.Cached), counted.Sum(e => e.Tokens.Completion)),
            [.. counted.GroupBy(e => e.Charge.Currency).Select(group => new Money(group.Sum(e => e.Charge.Nanos), group.Key))]);
    }

    private static string? WhyNot(UsageProof proof, VerifierKey logKey, List<MeterEvent> counted)
    {
        byte[][] entries = [.. proof.Intervals.Select(interval => Encoding.UTF8.GetBytes(interval.Entry))];
        if (entries.Length == 0)
        {
            return "There is no interval in it.";
        }

        if (MeterVerifier.WhyBroken(entries) is { } broken)
        {
            return broken;
        }

        IntervalSeal first = IntervalSeal.Read(entries[0]), last = IntervalSeal.Read(entries[^1]);
        if (first.Previous.Length > 0 && first.IntervalSeconds > proof.From.ToUnixTimeSeconds())
        {
            return $"It begins at second {first.IntervalSeconds}, after the period's begin, and the log had entries before it.";
        }

        if (last.IntervalSeconds + last.LengthSeconds < proof.Until.ToUnixTimeSeconds())
        {
            return $"It ends at second {last.IntervalSeconds + last.LengthSeconds}, before the period's end.";
        }

        for (int i = 0; i < entries.Length; i++)
        {
            ProvenInterval interval = proof.Intervals[i];
            IntervalSeal seal = IntervalSeal.Read(entries[i]);
            string at = string.Create(CultureInfo.InvariantCulture, $"Interval {seal.IntervalSeconds}: ");
            if (LogReceipt.Parse(Encoding.UTF8.GetBytes(interval.Receipt)).Verify(MerkleHash.OfLeaf(entries[i]), logKey) is ReceiptResult.Refused refused)
            {
                return at + refused.Reason;
            }

            if (interval.Events.FirstOrDefault(e => e.Party != proof.Party) is { } other)
            {
                return $"{at}event {other.Source}/{other.Sequence} is another party's.";
            }

            var leaves = new CompletenessProof(interval.FirstIndex, [.. interval.Leaves.Select(leaf => new ProvenLeaf(
                new MeterLeaf(leaf.Subject, leaf.Source, leaf.Sequence, Hash(leaf.EventHash)), [.. leaf.Path.Select(Hash)]))]);
            if (MeterVerifier.WhyIncomplete(seal, leaves, proof.Subject, interval.Events) is { } wrong)
            {
                return at + wrong;
            }

            counted.AddRange(interval.Events.Where(e => IsOf(e, seal, proof)));
        }

        return null;
    }

    /// <summary>An event counts where it ended; a late one, or a correction, where it was recorded.</summary>
    private static bool IsOf(MeterEvent e, IntervalSeal seal, UsageProof proof)
    {
        DateTimeOffset recorded = DateTimeOffset.FromUnixTimeSeconds(seal.IntervalSeconds);
        DateTimeOffset counted = e.At >= recorded && e.At < recorded.AddSeconds(seal.LengthSeconds) ? e.At : recorded;
        return counted >= proof.From && counted < proof.Until;
    }

    private static MerkleHash Hash(string hex) => new(Convert.FromHexString(hex));
}
