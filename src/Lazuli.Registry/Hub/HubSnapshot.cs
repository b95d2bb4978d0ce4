namespace Lazuli.Registry;

/// <summary>A repository at one commit, which never changes.</summary>
/// <param name="Reference">What was asked for.</param>
/// <param name="Commit">The commit that it means now, in hex.</param>
/// <param name="License">The licence as the hub says it, in its own spelling; null when it says none.</param>
/// <param name="Files">The files in order of path.</param>
public sealed record HubSnapshot(HubReference Reference, string Commit, string? License, IReadOnlyList<HubFile> Files)
{
    /// <summary>The first twelve digits of the commit, for people.</summary>
    public string ShortCommit => Commit[..12];
}
