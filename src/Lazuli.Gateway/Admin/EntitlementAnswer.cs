using Lazuli.Contracts;

namespace Lazuli.Gateway;

/// <summary>A decision as the admin API tells it.</summary>
/// <param name="Allowed">Whether it is allowed.</param>
/// <param name="Epoch">The state that was decided on.</param>
/// <param name="GrantChain">The grants that say so, the owner's first.</param>
/// <param name="Code">Why not.</param>
/// <param name="Reason">Why not, in words for the asking party.</param>
public sealed record EntitlementAnswer(bool Allowed, long Epoch, IReadOnlyList<GrantId> GrantChain, EntitlementRefusal? Code, string? Reason)
{
    internal static EntitlementAnswer Of(EntitlementDecision decision) => decision switch
    {
        EntitlementDecision.Allowed allowed => new(true, decision.Epoch, allowed.GrantChain, null, null),
        EntitlementDecision.Refused refused => new(false, decision.Epoch, [], refused.Code, refused.Reason),
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
