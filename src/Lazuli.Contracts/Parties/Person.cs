namespace Lazuli.Contracts;

/// <summary>Somebody who acts for a party.</summary>
public sealed record Person
{
    /// <summary>Its id, <c>person_</c> and random letters; audit entries name it.</summary>
    public required string Id { get; init; }

    /// <summary>For which party; null for the installation itself.</summary>
    public PartyId? Party { get; init; }

    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>What it may do.</summary>
    public required PersonRoles Roles { get; init; }

    /// <summary>How its OpenID Connect tokens name it; null where it has none.</summary>
    public OpenIdIdentity? Identity { get; init; }

    /// <summary>When it was added.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it was closed; null while it may act.</summary>
    public DateTimeOffset? ClosedAt { get; init; }
}

/// <summary>A person as an issuer of tokens names it.</summary>
/// <param name="Issuer">The token's <c>iss</c>.</param>
/// <param name="Subject">Its <c>oid</c> where it has one (Entra), else its <c>sub</c>.</param>
public sealed record OpenIdIdentity(string Issuer, string Subject);
