using System.Security.Cryptography;

namespace Lazuli.Proofs;

/// <summary>A public key that checks signatures on envelopes: ECDSA on P-256 with SHA-256 and DER, as OpenSSF model signing and most in-toto tools make them.</summary>
public sealed class EnvelopeKey : IDisposable
{
    private readonly ECDsa _key;

    internal EnvelopeKey(ECDsa key)
    {
        _key = key;
        Id = Convert.ToHexStringLower(SHA256.HashData(key.ExportSubjectPublicKeyInfo()));
    }

    /// <summary>SHA-256 of the key's SubjectPublicKeyInfo, in hexadecimal.</summary>
    public string Id { get; }

    /// <summary>Reads a public key in PEM ("PUBLIC KEY").</summary>
    /// <exception cref="StatementFormatException">It is none, or not on P-256.</exception>
    public static EnvelopeKey Parse(string pem) => new(Read(pem, "PUBLIC KEY", static (key, text) => key.ImportFromPem(text)));

    /// <summary>Whether this key made <paramref name="signature"/> on <paramref name="bytes"/>.</summary>
    public bool Verify(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> signature) =>
        _key.VerifyData(bytes, signature, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);

    /// <summary>The key in PEM.</summary>
    public override string ToString() => _key.ExportSubjectPublicKeyInfoPem();

    /// <inheritdoc/>
    public void Dispose() => _key.Dispose();

    internal static ECDsa Read(string pem, string label, Action<ECDsa, string> import)
    {
        const int longest = 8192;
        ECDsa key = ECDsa.Create();
        try
        {
            if (pem.Length > longest || !pem.Contains($"-----BEGIN {label}-----", StringComparison.Ordinal))
            {
                throw new StatementFormatException("key", $"PEM with one '{label}'", "something else");
            }

            import(key, pem);
            return IsP256(key) ? key : throw new StatementFormatException("key", "a key on P-256", $"one of {key.KeySize} bits or with another curve");
        }
        catch (Exception e) when (e is ArgumentException or CryptographicException)
        {
            key.Dispose();
            throw new StatementFormatException("key", $"PEM with one '{label}' on P-256", "something else", e);
        }
        catch (StatementFormatException)
        {
            key.Dispose();
            throw;
        }
    }

    private static bool IsP256(ECDsa key)
    {
        ECCurve curve = key.ExportParameters(includePrivateParameters: false).Curve;
        return curve.IsNamed && curve.Oid.Value == ECCurve.NamedCurves.nistP256.Oid.Value;
    }
}
