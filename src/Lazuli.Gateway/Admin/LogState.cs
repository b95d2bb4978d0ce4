namespace Lazuli.Gateway;

/// <summary>The transparency log as it stands.</summary>
/// <param name="Key">Its public key (vkey).</param>
/// <param name="Size">Entries under the checkpoint.</param>
/// <param name="Checkpoint">The checkpoint signed last.</param>
public sealed record LogState(string Key, long Size, string Checkpoint);
