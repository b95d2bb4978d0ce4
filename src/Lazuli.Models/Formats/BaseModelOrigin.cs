namespace Lazuli.Models;

/// <summary>A model that another was trained from.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Digest">Digest of its folder.</param>
/// <param name="Url">Its public page, when it has one.</param>
public sealed record BaseModelOrigin(string Name, string? Digest = null, string? Url = null);
