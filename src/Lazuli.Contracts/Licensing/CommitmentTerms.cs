namespace Lazuli.Contracts;

/// <summary>What a party promised a provider of machines.</summary>
public sealed record CommitmentTerms
{
    /// <summary>Whose machines.</summary>
    public required PartyId Provider { get; init; }

    /// <summary>For what.</summary>
    public required ComputeUse Covers { get; init; }

    /// <summary>Exclusive: nobody else's machines. Otherwise these come first, which is told and not enforced.</summary>
    public bool Exclusive { get; init; }

    /// <summary>When it begins.</summary>
    public required DateTimeOffset From { get; init; }

    /// <summary>When it is over; null for no end.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>What will be spent within the term at least; null for nothing.</summary>
    public Money? CommittedSpend { get; init; }

    /// <summary>Other providers that may be used all the same.</summary>
    public IReadOnlyList<PartyId> ExceptedProviders { get; init; } = [];

    /// <summary>Models, by name, that may run or be trained anywhere.</summary>
    public IReadOnlyList<string> ExceptedModels { get; init; } = [];

    /// <summary>Projects that may compute anywhere.</summary>
    public IReadOnlyList<ProjectId> ExceptedProjects { get; init; } = [];
}
