namespace Lazuli.Gateway;

/// <summary>The answer of a health route.</summary>
internal sealed record HealthBody(string Status);
