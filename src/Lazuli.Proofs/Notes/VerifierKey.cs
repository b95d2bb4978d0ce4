using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;

namespace Lazuli.Proofs;

/// <summary>The public key of somebody who signs notes, with a name: <c>name+hex of 4 bytes+base64(type || 32 bytes)</c>, a "vkey".</summary>
public sealed class VerifierKey : IEquatable<VerifierKey>
{
    private readonly byte[] _publicKey;

    private VerifierKey(string name, NoteKeyType type, byte[] publicKey)
    {
        (Name, Type, _publicKey) = (name, type, publicKey);
        Id = IdOf(name, type, publicKey);
    }

    /// <summary>The name.</summary>
    public string Name { get; }

    /// <summary>How it signs.</summary>
    public NoteKeyType Type { get; }

    /// <summary>The first four bytes of <c>SHA-256(name || 0x0A || type || public key)</c>, which signature lines repeat.</summary>
    public uint Id { get; }

    /// <summary>The Ed25519 public key.</summary>
    public ReadOnlyMemory<byte> PublicKey => _publicKey;

    /// <summary>Names a public key.</summary>
    /// <exception cref="ArgumentException">The name has spaces, control characters or a plus or is empty; or the bytes are no Ed25519 public key.</exception>
    public static VerifierKey Create(string name, NoteKeyType type, ReadOnlySpan<byte> publicKey)
    {
        byte[] key = publicKey.ToArray();
        if (!NoteText.IsKeyName(name))
        {
            throw new ArgumentException($"A key name has no spaces, control characters or plus signs and is not empty; got {NoteFormatException.Quote(name)}.", nameof(name));
        }

        if (!IsKnown(type))
        {
            throw new ArgumentOutOfRangeException(nameof(type), type, "Unknown type of key.");
        }

        return Ed25519.IsPublicKey(key) ? new VerifierKey(name, type, key) : throw new ArgumentException("Not the encoding of an Ed25519 public key.", nameof(publicKey));
    }

    /// <summary>Reads a vkey.</summary>
    /// <exception cref="NoteFormatException">It is none, its id is not that of its name and key, or its type is neither Ed25519 nor a cosignature's.</exception>
    public static VerifierKey Parse(string vkey)
    {
        const string what = "verifier key";
        string[] parts = vkey.Split('+', 3); // base64 has plus signs too
        if (parts.Length != 3)
        {
            throw new NoteFormatException(what, 0, "'<name>+<8 hex digits>+<base64>'", NoteFormatException.Quote(vkey));
        }

        (NoteKeyType type, byte[] publicKey) = ParseMaterial(what, parts[0], parts[2], Ed25519.PublicKeyLength);
        if (!Ed25519.IsPublicKey(publicKey))
        {
            throw new NoteFormatException(what, 0, "an Ed25519 public key", "bytes that encode none");
        }

        VerifierKey key = new(parts[0], type, publicKey);
        CheckId(what, parts[1], key.Id);
        return key;
    }

    /// <summary>Whether <paramref name="signature"/> says that it is by this key.</summary>
    public bool IsNamedBy(NoteSignature signature) => signature.KeyId == Id && signature.KeyName == Name;

    /// <summary>Whether this key made <paramref name="signature"/> on <paramref name="text"/>.</summary>
    public bool Verify(string text, NoteSignature signature)
    {
        if (!IsNamedBy(signature) || !NoteText.IsSignable(text))
        {
            return false;
        }

        byte[] bytes = signature.Bytes.ToArray();
        return Type == NoteKeyType.Ed25519
            ? Ed25519.Verify(_publicKey, NoteText.Utf8.GetBytes(text), bytes)
            : Cosignature.TryReadTime(signature, out long seconds) && Ed25519.Verify(_publicKey, Cosignature.SignedBytes(seconds, text), bytes[Cosignature.TimeLength..]);
    }

    /// <inheritdoc/>
    public bool Equals(VerifierKey? other) => other is not null && Name == other.Name && Type == other.Type && _publicKey.AsSpan().SequenceEqual(other._publicKey);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as VerifierKey);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, Id);

    /// <summary>The vkey.</summary>
    public override string ToString() => $"{Name}+{Id:x8}+{Convert.ToBase64String([(byte)Type, .. _publicKey])}";

    internal static bool IsKnown(NoteKeyType type) => type is NoteKeyType.Ed25519 or NoteKeyType.CosignatureV1;

    internal static uint IdOf(string name, NoteKeyType type, byte[] publicKey) =>
        BinaryPrimitives.ReadUInt32BigEndian(SHA256.HashData([.. NoteText.Utf8.GetBytes(name), (byte)'\n', (byte)type, .. publicKey]));

    /// <summary>Reads the last part of a key's text: the type and <paramref name="length"/> bytes.</summary>
    internal static (NoteKeyType Type, byte[] Bytes) ParseMaterial(string what, string name, string base64, int length)
    {
        if (!NoteText.IsKeyName(name))
        {
            throw new NoteFormatException(what, 0, "a name without spaces, control characters and plus signs", NoteFormatException.Quote(name));
        }

        if (base64.Length > 64 || !CanonicalBase64.TryDecode(base64, out byte[]? material) || material.Length != 1 + length)
        {
            throw new NoteFormatException(what, 0, $"base64 of a type and {length} bytes", "something else");
        }

        NoteKeyType type = (NoteKeyType)material[0];
        return IsKnown(type)
            ? (type, material[1..])
            : throw new NoteFormatException(what, 0, "type 1 (Ed25519) or 4 (cosignature)", material[0].ToString(CultureInfo.InvariantCulture));
    }

    internal static void CheckId(string what, string hex, uint id)
    {
        string wanted = id.ToString("x8", CultureInfo.InvariantCulture);
        if (hex != wanted)
        {
            throw new NoteFormatException(what, 0, $"the id {wanted}, which follows from name and key", NoteFormatException.Quote(hex));
        }
    }
}
