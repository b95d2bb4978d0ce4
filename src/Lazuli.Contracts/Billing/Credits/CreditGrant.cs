namespace Lazuli.Contracts;

/// <summary>Credit that a party holds with a seller; never changed once given.</summary>
public sealed record CreditGrant
{
    /// <summary>Its id; giving the same id again is giving it once.</summary>
    public required string Id { get; init; }

    /// <summary>Who holds it.</summary>
    public required PartyId Party { get; init; }

    /// <summary>Whose prices it pays.</summary>
    public required PartyId Issuer { get; init; }

    /// <summary>Where it comes from.</summary>
    public required CreditKind Kind { get; init; }

    /// <summary>How much.</summary>
    public required Money Amount { get; init; }

    /// <summary>0 is used first, 100 last.</summary>
    public int Priority { get; init; } = 50;

    /// <summary>First instant that it may be used.</summary>
    public required DateTimeOffset From { get; init; }

    /// <summary>First instant that it may not; null for no end.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>What for.</summary>
    public string Reason { get; init; } = "";
}
