namespace Lazuli.Contracts;

/// <summary>One change.</summary>
public sealed record AuditEntry
{
    /// <summary>1, 2, 3 … without gaps.</summary>
    public required long Sequence { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Who.</summary>
    public required string Actor { get; init; }

    /// <summary>For which party; null for the installation's operator.</summary>
    public PartyId? Party { get; init; }

    /// <summary>What was done, e.g. <c>grant.sign</c>.</summary>
    public required string Action { get; init; }

    /// <summary>To what, e.g. a grant's id.</summary>
    public required string Subject { get; init; }

    /// <summary>Why, where a reason was given.</summary>
    public string? Reason { get; init; }

    /// <summary>What was asked, as JSON, or its digest where it is long; of changes of money, whose entry is written before them. Null for others.</summary>
    public string? Asked { get; init; }

    /// <summary>SHA-256 of what was there before, in canonical JSON, hex; null when nothing was.</summary>
    public string? Before { get; init; }

    /// <summary>SHA-256 of what is there now; null when nothing is.</summary>
    public string? After { get; init; }

    /// <summary>SHA-256 of this entry and of the one before it.</summary>
    public required string Digest { get; init; }
}
