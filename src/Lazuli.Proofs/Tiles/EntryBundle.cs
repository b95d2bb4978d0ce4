using System.Buffers.Binary;

namespace Lazuli.Proofs;

/// <summary>Entries as logs serve them: each a big-endian 16-bit length and that many bytes.</summary>
public static class EntryBundle
{
    /// <summary>The longest entry in bytes.</summary>
    public const int LongestEntry = ushort.MaxValue;

    /// <summary>Writes up to 256 entries.</summary>
    /// <exception cref="ArgumentException">None, or more than 256, or one is longer than 65,535 bytes.</exception>
    public static byte[] Format(IReadOnlyList<ReadOnlyMemory<byte>> entries)
    {
        if (entries.Count is 0 or > TileAddress.FullWidth)
        {
            throw new ArgumentException($"A bundle has 1 to {TileAddress.FullWidth} entries; got {entries.Count}.", nameof(entries));
        }

        int length = 0;
        foreach (ReadOnlyMemory<byte> entry in entries)
        {
            if (entry.Length > LongestEntry)
            {
                throw new ArgumentException($"An entry has at most {LongestEntry} bytes; got {entry.Length}. Log the digest of what is larger.", nameof(entries));
            }

            length += sizeof(ushort) + entry.Length;
        }

        byte[] bundle = new byte[length];
        Span<byte> rest = bundle;
        foreach (ReadOnlyMemory<byte> entry in entries)
        {
            BinaryPrimitives.WriteUInt16BigEndian(rest, (ushort)entry.Length);
            entry.Span.CopyTo(rest[sizeof(ushort)..]);
            rest = rest[(sizeof(ushort) + entry.Length)..];
        }

        return bundle;
    }

    /// <summary>The entries of a bundle, as views of <paramref name="bytes"/>.</summary>
    /// <exception cref="TileFormatException">The bytes end within an entry, or hold more or fewer entries than the address promises.</exception>
    public static IReadOnlyList<ReadOnlyMemory<byte>> Parse(EntryBundleAddress address, ReadOnlyMemory<byte> bytes)
    {
        List<ReadOnlyMemory<byte>> entries = new(address.Width);
        int at = 0;
        while (entries.Count < address.Width)
        {
            if (bytes.Length - at < sizeof(ushort))
            {
                throw new TileFormatException(address.Path, at, $"the 2-byte length of entry {entries.Count} of {address.Width}", $"{bytes.Length - at} bytes to the end");
            }

            int length = BinaryPrimitives.ReadUInt16BigEndian(bytes.Span[at..]);
            at += sizeof(ushort);
            if (bytes.Length - at < length)
            {
                throw new TileFormatException(address.Path, at, $"the {length} bytes of entry {entries.Count}", $"{bytes.Length - at} bytes to the end");
            }

            entries.Add(bytes.Slice(at, length));
            at += length;
        }

        return at == bytes.Length
            ? entries
            : throw new TileFormatException(address.Path, at, $"the end after {address.Width} entries", $"{bytes.Length - at} more bytes");
    }
}
