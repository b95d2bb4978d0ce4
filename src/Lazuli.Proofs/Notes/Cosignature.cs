using System.Buffers.Binary;
using System.Globalization;

namespace Lazuli.Proofs;

/// <summary>What a witness signs and how its signature is laid out (C2SP tlog-cosignature, v1): eight bytes of seconds since 1970, big-endian, then Ed25519.</summary>
public static class Cosignature
{
    internal const int TimeLength = 8;

    /// <summary>The time that a cosignature names; nothing shows that it is true until the key's <see cref="VerifierKey.Verify"/> does.</summary>
    /// <returns>False if the signature is not laid out as a cosignature.</returns>
    public static bool TryReadTime(NoteSignature signature, out long unixSeconds)
    {
        unixSeconds = signature.Bytes.Length == TimeLength + Ed25519.SignatureLength ? BinaryPrimitives.ReadInt64BigEndian(signature.Bytes.Span) : -1;
        return unixSeconds >= 0; // times above 2^63 - 1 are not allowed
    }

    internal static byte[] SignedBytes(long unixSeconds, string text) =>
        NoteText.Utf8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"cosignature/v1\ntime {unixSeconds}\n{text}"));

    internal static byte[] Format(long unixSeconds, byte[] signature)
    {
        byte[] bytes = new byte[TimeLength + signature.Length];
        BinaryPrimitives.WriteInt64BigEndian(bytes, unixSeconds);
        signature.CopyTo(bytes, TimeLength);
        return bytes;
    }
}
