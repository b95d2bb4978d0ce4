namespace Lazuli.Contracts;

/// <summary>What does this party pay for this model at this time?</summary>
public readonly record struct PriceQuestion
{
    /// <summary>Who pays.</summary>
    public required PartyId Party { get; init; }

    /// <summary>The entitlement's grants, the owner's first; empty for the owner's own use.</summary>
    public required IReadOnlyList<GrantId> GrantChain { get; init; }

    /// <summary>The model's name.</summary>
    public required string ModelName { get; init; }

    /// <summary>When the request was admitted.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Asked with a sandbox key: everything at zero.</summary>
    public bool Sandbox { get; init; }

    /// <summary>Asked as a batch, at the plan's discount.</summary>
    public bool Batch { get; init; }
}
