namespace Lazuli.Contracts;

/// <summary>A request at the door: who pays, for what, and at most how much.</summary>
public sealed record AdmissionRequest
{
    /// <summary>Unique for ever; asking twice with one id is one request.</summary>
    public required Guid RequestId { get; init; }

    /// <summary>Id of the key.</summary>
    public required string Key { get; init; }

    /// <summary>The project that is charged.</summary>
    public required ProjectId Project { get; init; }

    /// <summary>Whose project that is.</summary>
    public required PartyId Party { get; init; }

    /// <summary>The entitlement's grants, the owner's first.</summary>
    public required IReadOnlyList<GrantId> GrantChain { get; init; }

    /// <summary>The entitlement's epoch; a stale one is refused.</summary>
    public required long Epoch { get; init; }

    /// <summary>The model's name.</summary>
    public required string ModelName { get; init; }

    /// <summary>The exact version.</summary>
    public required string ModelDigest { get; init; }

    /// <summary>Exact number of prompt tokens, all prompts together.</summary>
    public required long PromptTokens { get; init; }

    /// <summary>The most tokens that may be generated, all choices together.</summary>
    public required long MaxNewTokens { get; init; }

    /// <summary>Asked with a sandbox key: priced at zero.</summary>
    public bool Sandbox { get; init; }

    /// <summary>Asked as part of a batch: priced with the batch discount.</summary>
    public bool Batch { get; init; }
}
