namespace Lazuli.Gateway;

/// <summary>Body of a request that makes a personal token.</summary>
/// <param name="Label">What it is for.</param>
/// <param name="ExpiresAt">When it ends by itself; null for never.</param>
public sealed record NewToken(string Label, DateTimeOffset? ExpiresAt = null);
