namespace Lazuli.Testing;

/// <summary>A request that the imitation saw.</summary>
/// <param name="IsContent">Whether it went to the content server, not to the hub.</param>
/// <param name="Method">GET or HEAD.</param>
/// <param name="Path">Path and query.</param>
/// <param name="Authorization">The header; null when there was none.</param>
/// <param name="Range">The header; null when there was none.</param>
/// <param name="IfRange">The header; null when there was none.</param>
public sealed record HubRequest(bool IsContent, string Method, string Path, string? Authorization, string? Range, string? IfRange);
