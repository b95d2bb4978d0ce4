using System.Security.Cryptography;
using Curve = Org.BouncyCastle.Math.EC.Rfc8032.Ed25519;

namespace Lazuli.Proofs;

/// <summary>Ed25519 (RFC 8032 section 5.1): the one place that touches the library which has it.</summary>
internal static class Ed25519
{
    public const int SeedLength = 32;
    public const int PublicKeyLength = 32;
    public const int SignatureLength = 64;

    public static byte[] NewSeed() => RandomNumberGenerator.GetBytes(SeedLength);

    public static byte[] PublicKeyOf(byte[] seed)
    {
        byte[] publicKey = new byte[PublicKeyLength];
        Curve.GeneratePublicKey(seed, 0, publicKey, 0);
        return publicKey;
    }

    public static byte[] Sign(byte[] seed, byte[] message)
    {
        byte[] signature = new byte[SignatureLength];
        Curve.Sign(seed, 0, message, 0, message.Length, signature, 0);
        return signature;
    }

    /// <summary>Whether <paramref name="publicKey"/> is the encoding of a point that a signature can be checked against.</summary>
    public static bool IsPublicKey(byte[] publicKey) => publicKey.Length == PublicKeyLength && Curve.ValidatePublicKeyFull(publicKey, 0);

    public static bool Verify(byte[] publicKey, byte[] message, byte[] signature) =>
        publicKey.Length == PublicKeyLength && signature.Length == SignatureLength && Curve.Verify(signature, 0, publicKey, 0, message, 0, message.Length);
}
