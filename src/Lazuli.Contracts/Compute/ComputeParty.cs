namespace Lazuli.Contracts;

/// <summary>Whom compute is counted to.</summary>
/// <param name="Project">The project.</param>
/// <param name="Key">Id of the key that asked; empty for what asked without one.</param>
public sealed record ComputeParty(string Project, string Key);
