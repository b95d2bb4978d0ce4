namespace Lazuli.Contracts;

/// <summary>What a party used in a period, with all that is needed to check it against the transparency log and nothing else.</summary>
/// <param name="Party">Whose.</param>
/// <param name="Subject">Its name in leaves: an HMAC with the party's own salt, so that nobody else can tell whose leaves these are.</param>
/// <param name="From">First instant.</param>
/// <param name="Until">First instant after.</param>
/// <param name="Intervals">The sealed intervals of the period in order, with the one before it, where there is one.</param>
public sealed record UsageProof(PartyId Party, string Subject, DateTimeOffset From, DateTimeOffset Until, IReadOnlyList<ProvenInterval> Intervals);

/// <summary>One sealed interval.</summary>
/// <param name="Entry">The log's entry, as text.</param>
/// <param name="Receipt">That the entry is under the log's checkpoint (C2SP tlog-proof).</param>
/// <param name="Events">The party's events of the interval. Key and project stand beside the event and are not sealed with it.</param>
/// <param name="FirstIndex">Where the first of <paramref name="Leaves"/> stands in the interval's tree.</param>
/// <param name="Leaves">The party's leaves and their neighbours on either side: between them is nothing that is not shown.</param>
public sealed record ProvenInterval(string Entry, string Receipt, IReadOnlyList<MeterEvent> Events, long FirstIndex, IReadOnlyList<ProvenMeterLeaf> Leaves);

/// <summary>A leaf of an interval's tree.</summary>
/// <param name="Subject">Whose, as an HMAC.</param>
/// <param name="Source">Who numbered the event.</param>
/// <param name="Sequence">Its number there.</param>
/// <param name="EventHash">SHA-256 of the event, hex.</param>
/// <param name="Path">Inclusion proof up to the interval's root, hex.</param>
public sealed record ProvenMeterLeaf(string Subject, string Source, long Sequence, string EventHash, IReadOnlyList<string> Path);
