namespace Lazuli.Contracts;

/// <summary>Says for whom a price version holds, from when. The narrowest that covers the model wins: party and grant, grant, party, everybody; of equals the one that begins last.</summary>
public sealed record PriceAssignment
{
    /// <summary>The version.</summary>
    public required string PriceVersion { get; init; }

    /// <summary>The payer; null for whoever pays.</summary>
    public PartyId? Party { get; init; }

    /// <summary>The chain's last grant; null for any.</summary>
    public GrantId? Grant { get; init; }

    /// <summary>First instant.</summary>
    public required DateTimeOffset From { get; init; }

    /// <summary>First instant after; null for open.</summary>
    public DateTimeOffset? Until { get; init; }
}
