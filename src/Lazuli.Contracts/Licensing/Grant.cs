namespace Lazuli.Contracts;

/// <summary>A licence from one party to another: a link of a chain that begins at a model's owner.</summary>
public sealed record Grant
{
    /// <summary>Its id.</summary>
    public required GrantId Id { get; init; }

    /// <summary>Who grants.</summary>
    public required PartyId Licensor { get; init; }

    /// <summary>Who receives; <see cref="PartyId.Public"/> for everybody.</summary>
    public required PartyId Licensee { get; init; }

    /// <summary>The licensor's own licence that this is a part of; null where the licensor owns the models.</summary>
    public GrantId? Parent { get; init; }

    /// <summary>The clauses.</summary>
    public required GrantTerms Terms { get; init; }

    /// <summary>Where it is in its life.</summary>
    public required GrantState State { get; init; }

    /// <summary>When it was offered.</summary>
    public required DateTimeOffset OfferedAt { get; init; }

    /// <summary>When the licensee signed too; null before.</summary>
    public DateTimeOffset? SignedAt { get; init; }

    /// <summary>Why it is suspended, ended or withdrawn.</summary>
    public string? StateReason { get; init; }

    /// <summary>First-offer notices given about this offer to preferred licensees.</summary>
    public IReadOnlyList<FirstOfferNotice> Notices { get; init; } = [];
}

/// <summary>Word to a preferred licensee that somebody else is about to be licensed in its field.</summary>
/// <param name="Grant">The preferred licensee's grant.</param>
/// <param name="At">When it was told.</param>
public sealed record FirstOfferNotice(GrantId Grant, DateTimeOffset At);
