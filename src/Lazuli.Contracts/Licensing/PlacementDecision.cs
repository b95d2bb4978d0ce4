namespace Lazuli.Contracts;

/// <summary>The answer to a <see cref="ComputePlacement"/>.</summary>
/// <param name="IsAllowed">Whether no exclusive commitment stands against it.</param>
/// <param name="Reasons">What stands against it, or, where it is allowed, who is preferred instead; one sentence each.</param>
/// <param name="Epoch">The state it was decided on.</param>
public sealed record PlacementDecision(bool IsAllowed, IReadOnlyList<string> Reasons, long Epoch);
