namespace Lazuli.Proofs;

/// <summary>The hashes of a tile.</summary>
/// <remarks>Nothing here shows that they are the log's: a proof made of them does, when it leads to a signed root.</remarks>
public sealed class Tile
{
    private readonly ReadOnlyMemory<byte> _bytes;

    private Tile(TileAddress address, ReadOnlyMemory<byte> bytes) => (Address, _bytes) = (address, bytes);

    /// <summary>Its name.</summary>
    public TileAddress Address { get; }

    /// <summary>Takes a tile's bytes, which must stay as they are.</summary>
    /// <exception cref="TileFormatException">Not exactly 32 bytes for each hash that the address promises.</exception>
    public static Tile Parse(TileAddress address, ReadOnlyMemory<byte> bytes) =>
        bytes.Length == address.ByteLength
            ? new Tile(address, bytes)
            : throw new TileFormatException(address.Path, Math.Min(bytes.Length, address.ByteLength), $"{address.ByteLength} bytes, {address.Width} hashes", $"{bytes.Length} bytes");

    /// <summary>Hash <paramref name="position"/> from the left.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The tile has no such hash.</exception>
    public MerkleHash this[int position] => new(_bytes.Span.Slice(position * MerkleHash.Length, MerkleHash.Length));

    /// <summary>The root of the 2^<paramref name="height"/> hashes from <paramref name="start"/> on.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The tile has not so many hashes there.</exception>
    public MerkleHash Root(int start, int height)
    {
        if (height == 0)
        {
            return this[start];
        }

        int half = 1 << (height - 1);
        return MerkleHash.OfNode(Root(start, height - 1), Root(start + half, height - 1));
    }
}
