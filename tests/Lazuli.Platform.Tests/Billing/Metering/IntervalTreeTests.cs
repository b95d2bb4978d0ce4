using CsCheck;
using Lazuli.Billing;
using Lazuli.Contracts;
using static Lazuli.Platform.Tests.Billing.BookSamples;

namespace Lazuli.Platform.Tests.Billing;

public sealed class IntervalTreeTests
{
    private static readonly byte[] s_salt = [1, 2, 3];

    private static readonly Gen<MeterEvent[]> s_events = Gen.Select(Gen.Int[0, 4], Gen.Int[0, 1], Gen.Long[0, 1000], Gen.Long[0, 500])
        .Array[0, 24].Select(rows => rows.Select((row, i) => Event(row.Item1, row.Item2, i + 1, row.Item3, row.Item4)).ToArray());

    [Fact]
    public void A_party_sees_that_its_events_are_all_there() => s_events.Sample(events =>
    {
        IntervalTree tree = IntervalTree.Build(events, Subject);
        IntervalSeal seal = IntervalSeal.Read(tree.Seal(60, 60, "").ToBytes());
        for (int party = 0; party < 6; party++)
        {
            string subject = Subject(Party(party));
            MeterEvent[] own = [.. events.Where(e => e.Party == Party(party))];
            Assert.Null(MeterVerifier.WhyIncomplete(seal, tree.Prove(subject), subject, own));
        }

        Assert.Null(MeterVerifier.WhyNotTheWhole(seal, events, Subject));
    }, iter: 300);

    [Fact]
    public void Leaving_out_changing_or_adding_an_event_is_found_and_named() => Gen.Select(s_events.Where(e => e.Length > 0), Gen.Int[0, 23], Gen.Int[0, 2]).Sample((events, pick, how) =>
    {
        MeterEvent victim = events[pick % events.Length];
        string subject = Subject(victim.Party);
        MeterEvent[] told = [.. events.Where(e => e.Party == victim.Party)]; // what the customer knows from its responses
        MeterEvent[] forged = how switch
        {
            0 => [.. events.Where(e => e != victim)],
            1 => [.. events.Select(e => e == victim ? e with { Tokens = e.Tokens with { Completion = e.Tokens.Completion + 1 } } : e)],
            _ => [.. events, victim with { Sequence = 1_000 }],
        };
        IntervalTree tree = IntervalTree.Build(forged, Subject);
        string? why = MeterVerifier.WhyIncomplete(tree.Seal(60, 60, ""), tree.Prove(subject), subject, told);
        Assert.Contains($"{victim.Source}/{(how == 2 ? 1_000 : victim.Sequence)}", why, StringComparison.Ordinal);
        IntervalSeal honest = IntervalTree.Build(events, Subject).Seal(60, 60, "");
        Assert.NotNull(MeterVerifier.WhyNotTheWhole(honest, forged, Subject));
    }, iter: 300);

    [Fact]
    public void A_proof_that_hides_leaves_or_neighbours_shows_nothing() => Gen.Select(s_events.Where(e => e.Length > 3), Gen.Int[0, 4], Gen.Int[0, 23]).Sample((events, party, cut) =>
    {
        IntervalTree tree = IntervalTree.Build(events, Subject);
        IntervalSeal seal = tree.Seal(60, 60, "");
        string subject = Subject(Party(party));
        MeterEvent[] own = [.. events.Where(e => e.Party == Party(party))];
        CompletenessProof proof = tree.Prove(subject);
        cut %= proof.Leaves.Count;
        CompletenessProof shorter = cut == 0 ? new CompletenessProof(proof.FirstIndex + 1, [.. proof.Leaves.Skip(1)]) : new CompletenessProof(proof.FirstIndex, [.. proof.Leaves.Take(cut)]);
        Assert.NotNull(MeterVerifier.WhyIncomplete(seal, shorter, subject, own));
        CompletenessProof swapped = proof with { Leaves = [.. proof.Leaves.Select((leaf, i) => i == cut ? leaf with { Leaf = leaf.Leaf with { Sequence = leaf.Leaf.Sequence + 1 } } : leaf)] };
        Assert.Contains("root", MeterVerifier.WhyIncomplete(seal, swapped, subject, own), StringComparison.Ordinal);
    }, iter: 300);

    [Fact]
    public void Entries_of_the_log_are_chained()
    {
        var entries = new List<byte[]>();
        for (int i = 0; i < 4; i++)
        {
            string previous = entries.Count == 0 ? "" : Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(entries[^1]));
            entries.Add(IntervalTree.Build([Event(i, 0, i + 1, 5, 5)], Subject).Seal(60 * (i + 1), 60, previous).ToBytes());
        }

        Assert.Null(MeterVerifier.WhyBroken(entries));
        Assert.Contains("Entry 1", MeterVerifier.WhyBroken([entries[0], entries[2], entries[3]]), StringComparison.Ordinal);
        Assert.Contains("Entry 2", MeterVerifier.WhyBroken([entries[0], entries[1], entries[3]]), StringComparison.Ordinal);
    }

    [Fact]
    public void An_entry_cut_or_changed_at_any_byte_is_no_entry_or_another_one()
    {
        IntervalSeal seal = IntervalTree.Build([Event(1, 0, 1, 5, 5)], Subject).Seal(60, 60, "");
        byte[] bytes = seal.ToBytes();
        for (int i = 0; i < bytes.Length; i++)
        {
            Assert.Throws<FormatException>(() => IntervalSeal.Read(bytes.AsMemory(0, i)));
            byte[] flipped = [.. bytes];
            flipped[i] ^= 1;
            try
            {
                IntervalSeal other = IntervalSeal.Read(flipped);
                Assert.NotEqual(bytes, other.ToBytes());
            }
            catch (FormatException)
            {
                // Refused.
            }
        }
    }

    private static PartyId Party(int number) => new("party" + number.ToString(System.Globalization.CultureInfo.InvariantCulture));

    private static string Subject(PartyId party) => MeterLeaf.SubjectOf(party, s_salt);

    private static MeterEvent Event(int party, int source, int sequence, long prompt, long completion) => new()
    {
        Source = source == 0 ? "node/1" : "node/2",
        Sequence = sequence,
        RequestId = new Guid(sequence, 0, 0, [0, 0, 0, 0, 0, 0, 0, 1]),
        At = Start,
        Key = "key",
        Project = new ProjectId("project"),
        Party = Party(party),
        GrantChain = [new GrantId("grant_a")],
        ModelName = "tiny",
        ModelDigest = "sha256:00",
        PriceVersion = "standard@1",
        Tokens = new ChargedTokens(prompt, 0, completion),
        DeviceMicroseconds = 5,
        Flop = 1e12,
        Charge = new Money(prompt + completion, Euro),
        Outcome = RequestOutcome.Completed,
    };
}
