namespace Lazuli.Cli;

/// <summary>Where a model was fetched from, as the registry keeps it among the version's facts.</summary>
/// <param name="Hub">Address of the hub.</param>
/// <param name="Repository">Owner and name.</param>
/// <param name="Revision">What was asked for.</param>
/// <param name="Commit">The commit that it meant.</param>
/// <param name="Files">The files fetched.</param>
internal sealed record HubOrigin(string Hub, string Repository, string Revision, string Commit, IReadOnlyList<HubOrigin.FetchedFile> Files)
{
    /// <summary>A file as the hub gave it.</summary>
    /// <param name="Path">Path in the repository.</param>
    /// <param name="Bytes">Size.</param>
    /// <param name="Sha256">SHA-256 of its content, in hex.</param>
    internal sealed record FetchedFile(string Path, long Bytes, string Sha256);
}
