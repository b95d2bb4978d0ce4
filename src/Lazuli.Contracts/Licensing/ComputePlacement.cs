namespace Lazuli.Contracts;

/// <summary>May this job, deployment or upstream be on that provider's machines?</summary>
public sealed record ComputePlacement
{
    /// <summary>Whose it is.</summary>
    public required PartyId Party { get; init; }

    /// <summary>Its project; null where it has none.</summary>
    public ProjectId? Project { get; init; }

    /// <summary>For what; one use.</summary>
    public required ComputeUse Use { get; init; }

    /// <summary>Whose machines; null when that is not known, which no exclusive commitment lets pass.</summary>
    public PartyId? Provider { get; init; }

    /// <summary>The model's name; null for none.</summary>
    public string? ModelName { get; init; }

    /// <summary>The model's exact version; empty where it is in no registry.</summary>
    public string ModelDigest { get; init; } = "";
}
