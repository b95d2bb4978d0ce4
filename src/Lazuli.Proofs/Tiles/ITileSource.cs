namespace Lazuli.Proofs;

/// <summary>Where tiles come from: a folder, a server, memory.</summary>
public interface ITileSource
{
    /// <summary>The tile's bytes. A source that has only the full tile in place of a partial one gives its beginning.</summary>
    /// <returns>Null if there is no such tile.</returns>
    ValueTask<ReadOnlyMemory<byte>?> ReadAsync(TileAddress address, CancellationToken cancellationToken);
}
