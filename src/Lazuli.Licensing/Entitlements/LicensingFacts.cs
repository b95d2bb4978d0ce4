using Lazuli.Contracts;

namespace Lazuli.Licensing;

/// <summary>Everything that licence decisions depend on, as stored; one state, one epoch.</summary>
internal sealed record LicensingFacts
{
    /// <summary>Number of the state.</summary>
    public required long Epoch { get; init; }

    public IReadOnlyList<Party> Parties { get; init; } = [];

    public IReadOnlyList<Project> Projects { get; init; } = [];

    /// <summary>Grants, oldest first; where several would do, the first that does is taken.</summary>
    public IReadOnlyList<Grant> Grants { get; init; } = [];

    public IReadOnlyList<ModelPolicy> Models { get; init; } = [];

    public IReadOnlyList<CapabilityFinding> Findings { get; init; } = [];

    public IReadOnlyList<LicensingEvent> Events { get; init; } = [];

    /// <summary>Commitments to providers, oldest first.</summary>
    public IReadOnlyList<ComputeCommitment> Commitments { get; init; } = [];

    /// <summary>Who owns models of which nothing else is said.</summary>
    public PartyId DefaultOwner { get; init; } = BuiltInParties.Lab;
}
