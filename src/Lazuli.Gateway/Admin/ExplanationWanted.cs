using Lazuli.Contracts;

namespace Lazuli.Gateway;

/// <summary>Body of a request that asks for a decision's reasons.</summary>
/// <param name="Question">What would be done.</param>
/// <param name="Viewer">Who reads it: a party sees clauses of its own links only; null is the operator, who sees all.</param>
public sealed record ExplanationWanted(EntitlementQuestion Question, PartyId? Viewer = null);
