namespace Lazuli.Contracts;

/// <summary>A party's promise to a provider of machines. It binds the party's own jobs and deployments, and everybody who runs models that it owns or licenses.</summary>
public sealed record ComputeCommitment
{
    /// <summary>Its id, <c>commitment_</c> and random letters.</summary>
    public required string Id { get; init; }

    /// <summary>Who promised.</summary>
    public required PartyId Party { get; init; }

    /// <summary>What.</summary>
    public required CommitmentTerms Terms { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset MadeAt { get; init; }

    /// <summary>When it was ended before its term; null when it was not.</summary>
    public DateTimeOffset? EndedAt { get; init; }
}
