namespace Lazuli.Gateway;

/// <summary>Body of a request that records a finding.</summary>
/// <param name="Name">The capability.</param>
/// <param name="Subject">A model's name, a digest, or <c>*</c>.</param>
public sealed record CapabilityFound(string Name, string Subject);
