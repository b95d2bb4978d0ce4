using Lazuli.Contracts;

namespace Lazuli.Storage;

/// <summary>A stored blob's content no longer has the digest it is stored under.</summary>
public sealed class BlobDamagedException(string path, ContentDigest expected, ContentDigest found)
    : Exception($"The blob {path} is damaged: expected {expected}, found {found}. Restore it from a backup, or delete it and make it again.")
{
    /// <summary>The file.</summary>
    public string BlobPath { get; } = path;

    /// <summary>The digest asked for.</summary>
    public ContentDigest Expected { get; } = expected;

    /// <summary>The digest of what is there.</summary>
    public ContentDigest Found { get; } = found;
}
