namespace Lazuli.Contracts;

/// <summary>An event from outside that was held back.</summary>
public sealed record QuarantinedEvent
{
    /// <summary>Its place in quarantine.</summary>
    public required long Id { get; init; }

    /// <summary>Who numbered it.</summary>
    public required string Source { get; init; }

    /// <summary>Its number.</summary>
    public required long Sequence { get; init; }

    /// <summary>Whose use it says it is.</summary>
    public required PartyId Party { get; init; }

    /// <summary>When it says that it ended.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Why it is here.</summary>
    public required QuarantineReason Reason { get; init; }

    /// <summary>The same in words.</summary>
    public required string Detail { get; init; }

    /// <summary>Whether it still waits.</summary>
    public required QuarantineState State { get; init; }

    /// <summary>When it came.</summary>
    public required DateTimeOffset ReceivedAt { get; init; }

    /// <summary>The whole event, canonical JSON.</summary>
    public required string Event { get; init; }

    /// <summary>Who released or dropped it; null for what went on by itself.</summary>
    public string? DecidedBy { get; init; }

    /// <summary>Why.</summary>
    public string? Because { get; init; }
}

/// <summary>What became of a quarantined event.</summary>
public enum QuarantineState
{
    /// <summary>It waits.</summary>
    Waiting,

    /// <summary>The numbers before it came, and it was recorded.</summary>
    Accepted,

    /// <summary>Somebody let it through.</summary>
    Released,

    /// <summary>Somebody threw it away; it is kept to be looked at.</summary>
    Dropped,
}
