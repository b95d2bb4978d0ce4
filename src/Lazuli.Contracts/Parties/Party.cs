namespace Lazuli.Contracts;

/// <summary>Somebody with a part in the partnership.</summary>
public sealed record Party
{
    /// <summary>Its short name.</summary>
    public required PartyId Id { get; init; }

    /// <summary>What it is.</summary>
    public required PartyKind Kind { get; init; }

    /// <summary>Its name as people read it.</summary>
    public required string Name { get; init; }

    /// <summary>Classes of customer that it belongs to, e.g. <c>assessor</c>: licences may be bound to them.</summary>
    public IReadOnlyList<string> Classes { get; init; } = [];

    /// <summary>When it was added.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it was closed; null while it is open. A closed party may do nothing, and no licence goes through it.</summary>
    public DateTimeOffset? ClosedAt { get; init; }
}
