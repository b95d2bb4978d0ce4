namespace Lazuli.Registry;

/// <summary>A file that was fetched and found to be what the hub said.</summary>
/// <param name="Path">Path in the repository.</param>
/// <param name="Bytes">Size.</param>
/// <param name="Sha256">SHA-256 of its content, in hex.</param>
/// <param name="LocalPath">Where it lies.</param>
public sealed record PulledFile(string Path, long Bytes, string Sha256, string LocalPath);
