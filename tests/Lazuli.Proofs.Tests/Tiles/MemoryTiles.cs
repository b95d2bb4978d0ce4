namespace Lazuli.Proofs.Tests;

/// <summary>Tiles in memory, counted as they are read; a partial tile may come from the full one, as from a log that has deleted it.</summary>
internal sealed class MemoryTiles : ITileSource
{
    public Dictionary<string, byte[]> Files { get; } = new(StringComparer.Ordinal);

    public List<TileAddress> Read { get; } = [];

    public void Write(IEnumerable<(TileAddress Address, byte[] Bytes)> tiles)
    {
        foreach ((TileAddress address, byte[] bytes) in tiles)
        {
            Files[address.Path] = bytes;
        }
    }

    public ValueTask<ReadOnlyMemory<byte>?> ReadAsync(TileAddress address, CancellationToken cancellationToken)
    {
        Read.Add(address);
        if (Files.TryGetValue(address.Path, out byte[]? bytes))
        {
            return new(bytes);
        }

        return Files.TryGetValue(new TileAddress(address.Level, address.Index, TileAddress.FullWidth).Path, out bytes)
            ? new(bytes.AsMemory(0, address.ByteLength))
            : new((ReadOnlyMemory<byte>?)null);
    }
}
