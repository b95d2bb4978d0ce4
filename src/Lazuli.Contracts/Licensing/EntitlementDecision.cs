namespace Lazuli.Contracts;

/// <summary>The answer to an <see cref="EntitlementQuestion"/>; true for the policy epoch that it names and no other.</summary>
public abstract record EntitlementDecision
{
    private EntitlementDecision()
    {
    }

    /// <summary>Number of the state of grants, stages and holds that was decided on; each change of them makes the next.</summary>
    public required long Epoch { get; init; }

    /// <summary>Yes.</summary>
    /// <param name="GrantChain">The grants that say so, the owner's first, the caller's own last; empty for the owner itself.</param>
    /// <param name="Licensors">Who granted each, in the same order: royalties go this way.</param>
    public sealed record Allowed(IReadOnlyList<GrantId> GrantChain, IReadOnlyList<PartyId> Licensors) : EntitlementDecision;

    /// <summary>No.</summary>
    /// <param name="Code">Why, for programs.</param>
    /// <param name="Reason">Why, in words meant for the asking party: clauses of its own link only, others as "a licence above yours".</param>
    public sealed record Refused(EntitlementRefusal Code, string Reason) : EntitlementDecision;
}
