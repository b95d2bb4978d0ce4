namespace Lazuli.Gateway;

/// <summary>Body of a request that needs a reason.</summary>
public sealed record Because(string Reason);
