namespace Lazuli.Contracts;

/// <summary>What became of an event from outside.</summary>
/// <param name="Source">Who numbered it.</param>
/// <param name="Sequence">Its number.</param>
/// <param name="Kind">Which it is.</param>
/// <param name="Reason">Why it waits; null unless quarantined.</param>
/// <param name="Detail">In words.</param>
public sealed record EventVerdict(string Source, long Sequence, EventVerdictKind Kind, QuarantineReason? Reason, string Detail);

/// <summary>The answers to an event from outside.</summary>
public enum EventVerdictKind
{
    /// <summary>It is recorded and charged.</summary>
    Accepted,

    /// <summary>The same event came before; it is counted once.</summary>
    Duplicate,

    /// <summary>It is kept and counts nowhere, until it is released or dropped.</summary>
    Quarantined,

    /// <summary>It is not kept: quarantine is full. Send it again later.</summary>
    Refused,
}

/// <summary>Why an event from outside waits.</summary>
public enum QuarantineReason
{
    /// <summary>No source of that name is registered.</summary>
    UnknownSource,

    /// <summary>The name is that of a source of this installation, which numbers its own events.</summary>
    OwnSource,

    /// <summary>The source was closed.</summary>
    SourceClosed,

    /// <summary>Another event came under the same number before.</summary>
    Replayed,

    /// <summary>Numbers before it have not come, or wait themselves; it goes on once they are there.</summary>
    Gap,

    /// <summary>It says that it ended later than now.</summary>
    Future,

    /// <summary>It ended so long ago that its period was closed.</summary>
    Past,

    /// <summary>A quantity is below zero.</summary>
    Negative,

    /// <summary>A quantity, or what it comes to, is beyond what one event may have.</summary>
    Huge,

    /// <summary>No such party, or a closed one.</summary>
    UnknownParty,

    /// <summary>No such project, or not that party's.</summary>
    UnknownProject,

    /// <summary>No such model.</summary>
    UnknownModel,

    /// <summary>No such grant, or the chain does not end at the party.</summary>
    UnknownGrant,

    /// <summary>No such price version at that time, or it prices no such use.</summary>
    UnknownPrice,

    /// <summary>The price version is in another currency.</summary>
    OtherCurrency,

    /// <summary>The charge is not what the price version makes of the quantities.</summary>
    OtherCharge,
}
