namespace Lazuli.Models;

/// <summary>A data set that a model was trained on.</summary>
/// <param name="Name">Its name.</param>
/// <param name="License">SPDX expression, or <c>LicenseRef-…</c>.</param>
/// <param name="Source">Where the text came from, in a few words.</param>
/// <param name="Digest">Digest of the packed version.</param>
/// <param name="Url">Its public page, when it has one.</param>
public sealed record DataSetOrigin(string Name, string License, string? Source = null, string? Digest = null, string? Url = null);
