using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Lazuli.Proofs;

/// <summary>A SHA-256 hash of a leaf, a subtree or a whole Merkle tree, hashed as RFC 6962 section 2.1 says.</summary>
/// <remarks>
/// Leaf: <c>SHA-256(0x00 || data)</c>. Node: <c>SHA-256(0x01 || left || right)</c>. Tree of no leaves: <c>SHA-256("")</c>.
/// The two prefixes keep a node from passing for a leaf. A value type of 32 bytes; compared as bytes. The default value is 32 zero bytes.
/// </remarks>
[SuppressMessage("Performance", "CA1815", Justification = "A record struct compares by value.")]
public readonly record struct MerkleHash
{
    /// <summary>Length of a hash in bytes.</summary>
    public const int Length = 32;

    private const int LongestLeafOnStack = 1024;

    private readonly ulong _a;
    private readonly ulong _b;
    private readonly ulong _c;
    private readonly ulong _d;

    /// <summary>Takes 32 bytes as they are.</summary>
    /// <exception cref="ArgumentException"><paramref name="bytes"/> is not 32 bytes long.</exception>
    public MerkleHash(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Length)
        {
            throw new ArgumentException($"A Merkle hash is {Length} bytes; got {bytes.Length}.", nameof(bytes));
        }

        _a = BinaryPrimitives.ReadUInt64BigEndian(bytes);
        _b = BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]);
        _c = BinaryPrimitives.ReadUInt64BigEndian(bytes[16..]);
        _d = BinaryPrimitives.ReadUInt64BigEndian(bytes[24..]);
    }

    /// <summary>The root of the tree without leaves.</summary>
    public static MerkleHash OfEmptyTree { get; } = new(SHA256.HashData([]));

    /// <summary>The hash of one leaf.</summary>
    public static MerkleHash OfLeaf(ReadOnlySpan<byte> data)
    {
        Span<byte> hash = stackalloc byte[Length];
        if (data.Length <= LongestLeafOnStack)
        {
            Span<byte> prefixed = stackalloc byte[LongestLeafOnStack + 1];
            prefixed[0] = 0;
            data.CopyTo(prefixed[1..]);
            SHA256.HashData(prefixed[..(data.Length + 1)], hash);
            return new MerkleHash(hash);
        }

        using IncrementalHash running = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        running.AppendData([0]);
        running.AppendData(data);
        running.GetHashAndReset(hash);
        return new MerkleHash(hash);
    }

    /// <summary>The hash of the subtree over <paramref name="left"/> and <paramref name="right"/>.</summary>
    public static MerkleHash OfNode(MerkleHash left, MerkleHash right)
    {
        Span<byte> children = stackalloc byte[1 + (2 * Length)];
        children[0] = 1;
        left.CopyTo(children[1..]);
        right.CopyTo(children[(1 + Length)..]);
        Span<byte> hash = stackalloc byte[Length];
        SHA256.HashData(children, hash);
        return new MerkleHash(hash);
    }

    /// <summary>Reads standard base64, 44 characters, in its one canonical spelling.</summary>
    public static bool TryParseBase64(string text, out MerkleHash hash)
    {
        if (text.Length == 44 && CanonicalBase64.TryDecode(text, out byte[]? bytes) && bytes.Length == Length)
        {
            hash = new MerkleHash(bytes);
            return true;
        }

        hash = default;
        return false;
    }

    /// <summary>Writes the 32 bytes to the front of <paramref name="destination"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="destination"/> is shorter than 32 bytes.</exception>
    public void CopyTo(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64BigEndian(destination, _a);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], _b);
        BinaryPrimitives.WriteUInt64BigEndian(destination[16..], _c);
        BinaryPrimitives.WriteUInt64BigEndian(destination[24..], _d);
    }

    /// <summary>The 32 bytes.</summary>
    public byte[] ToArray()
    {
        byte[] bytes = new byte[Length];
        CopyTo(bytes);
        return bytes;
    }

    /// <summary>Standard base64, as checkpoints and proofs write it.</summary>
    public string ToBase64() => Convert.ToBase64String(ToArray());

    /// <summary>Lower-case hexadecimal.</summary>
    public override string ToString() => Convert.ToHexStringLower(ToArray());
}
