namespace Lazuli.Registry;

/// <summary>A file of a repository.</summary>
/// <param name="Path">Path in the repository, with '/'; relative, without parts that lead elsewhere.</param>
/// <param name="Bytes">Its size; null when the listing does not say.</param>
/// <param name="Digest">Of its content; null when the listing does not say.</param>
public sealed record HubFile(string Path, long? Bytes, HubDigest? Digest)
{
    /// <summary>The path's last part.</summary>
    public string Name => Path[(Path.LastIndexOf('/') + 1)..];

    /// <summary>Whether it lies at the top of the repository.</summary>
    public bool IsAtTop => !Path.Contains('/', StringComparison.Ordinal);
}
