namespace Lazuli.Storage;

/// <summary>A file of a log that is not what the signed checkpoint says.</summary>
/// <param name="Path">The file, absolute.</param>
/// <param name="Expected">What was wanted.</param>
/// <param name="Found">What came.</param>
public sealed record LogFault(string Path, string Expected, string Found);
