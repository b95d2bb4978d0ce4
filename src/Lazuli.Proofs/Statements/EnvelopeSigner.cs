using System.Security.Cryptography;

namespace Lazuli.Proofs;

/// <summary>A private key on P-256 that signs envelopes. Its <see cref="ToString"/> shows the public half only.</summary>
public sealed class EnvelopeSigner : IDisposable
{
    private readonly ECDsa _key;

    private EnvelopeSigner(ECDsa key)
    {
        _key = key;
        Public = new EnvelopeKey(ECDsa.Create(key.ExportParameters(includePrivateParameters: false)));
    }

    /// <summary>The public half.</summary>
    public EnvelopeKey Public { get; }

    /// <summary>A new key.</summary>
    public static EnvelopeSigner Generate() => new(ECDsa.Create(ECCurve.NamedCurves.nistP256));

    /// <summary>Reads a private key in PEM (PKCS #8, "PRIVATE KEY"); no message repeats any of it.</summary>
    /// <exception cref="StatementFormatException">It is none, or not on P-256.</exception>
    public static EnvelopeSigner Parse(string pem) => new(EnvelopeKey.Read(pem, "PRIVATE KEY", static (key, text) => key.ImportFromPem(text)));

    /// <summary>The private key in PEM, for a file that nobody else can read.</summary>
    public string ToPrivatePem() => _key.ExportPkcs8PrivateKeyPem();

    /// <summary>The public half in PEM.</summary>
    public override string ToString() => Public.ToString();

    /// <inheritdoc/>
    public void Dispose()
    {
        Public.Dispose();
        _key.Dispose();
    }

    internal byte[] Sign(ReadOnlySpan<byte> bytes) => _key.SignData(bytes, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
}
