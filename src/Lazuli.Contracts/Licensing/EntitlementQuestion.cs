namespace Lazuli.Contracts;

/// <summary>May this party do that with this model now?</summary>
public sealed record EntitlementQuestion
{
    /// <summary>Who asks.</summary>
    public required PartyId Party { get; init; }

    /// <summary>For which project.</summary>
    public required ProjectId Project { get; init; }

    /// <summary>The model's name.</summary>
    public required string ModelName { get; init; }

    /// <summary>The exact version, <c>sha256:…</c>; empty for a model that is in no registry.</summary>
    public required string ModelDigest { get; init; }

    /// <summary>What is to be done; one right.</summary>
    public required UseRight Right { get; init; }

    /// <summary>Field of use that the caller named; null for the field of the project's grant.</summary>
    public string? FieldOfUse { get; init; }

    /// <summary>Whose machines run it; null when that is not known, which no exclusive compute commitment lets pass.</summary>
    public PartyId? Provider { get; init; }
}
