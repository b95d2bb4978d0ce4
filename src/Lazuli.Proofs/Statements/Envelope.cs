using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Lazuli.Proofs;

/// <summary>Bytes of a named type with signatures on both: a DSSE envelope. Until <see cref="Verify"/> says so, nothing shows that anybody signed it.</summary>
public sealed class Envelope
{
    /// <summary>The type of an in-toto statement.</summary>
    public const string InTotoType = "application/vnd.in-toto+json";

    /// <summary>The most signatures that an envelope may carry.</summary>
    public const int MostSignatures = 64;

    private readonly byte[] _payload;

    private Envelope(string payloadType, byte[] payload, IReadOnlyList<EnvelopeSignature> signatures) =>
        (PayloadType, _payload, Signatures) = (payloadType, payload, signatures);

    /// <summary>What the payload is.</summary>
    public string PayloadType { get; }

    /// <summary>The payload.</summary>
    public ReadOnlyMemory<byte> Payload => _payload;

    /// <summary>The signatures, as they stand.</summary>
    public IReadOnlyList<EnvelopeSignature> Signatures { get; }

    /// <summary>Signs a payload with each of the keys.</summary>
    /// <exception cref="ArgumentException">No key or more than 64, or an empty type.</exception>
    public static Envelope Sign(string payloadType, ReadOnlySpan<byte> payload, params IReadOnlyList<EnvelopeSigner> signers)
    {
        ArgumentException.ThrowIfNullOrEmpty(payloadType);
        if (signers.Count is 0 or > MostSignatures)
        {
            throw new ArgumentException($"An envelope carries 1 to {MostSignatures} signatures; got {signers.Count}.", nameof(signers));
        }

        byte[] signed = SignedBytes(payloadType, payload);
        return new Envelope(payloadType, payload.ToArray(), [.. signers.Select(s => new EnvelopeSignature(s.Public.Id, s.Sign(signed)))]);
    }

    /// <summary>The bytes that are signed, DSSE's PAE: <c>DSSEv1 SP length(type) SP type SP length(payload) SP payload</c>, lengths in bytes.</summary>
    public static byte[] SignedBytes(string payloadType, ReadOnlySpan<byte> payload)
    {
        byte[] type = NoteText.Utf8.GetBytes(payloadType);
        return
        [
            .. Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"DSSEv1 {type.Length} ")),
            .. type,
            .. Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $" {payload.Length} ")),
            .. payload,
        ];
    }

    /// <summary>Reads an envelope; members that it does not know are ignored.</summary>
    /// <exception cref="StatementFormatException">It is none, or over 16 MiB, or carries more than 64 signatures.</exception>
    public static Envelope Parse(ReadOnlyMemory<byte> json)
    {
        using JsonDocument document = StrictJson.Parse(json);
        Dictionary<string, JsonElement> members = StrictJson.Members(document.RootElement, "$");
        string type = StrictJson.Text(StrictJson.Member(members, "payloadType", "$"), "$.payloadType");
        if (type.Length == 0)
        {
            throw new StatementFormatException("$.payloadType", "a type", "an empty string");
        }

        byte[] payload = Base64(StrictJson.Member(members, "payload", "$"), "$.payload");
        List<EnvelopeSignature> signatures = [];
        foreach (JsonElement item in StrictJson.Items(StrictJson.Member(members, "signatures", "$"), MostSignatures, "$.signatures"))
        {
            string path = $"$.signatures[{signatures.Count}]";
            Dictionary<string, JsonElement> signature = StrictJson.Members(item, path);
            string? keyId = signature.TryGetValue("keyid", out JsonElement id) && id.ValueKind != JsonValueKind.Null ? StrictJson.Text(id, path + ".keyid") : null;
            signatures.Add(new EnvelopeSignature(keyId, Base64(StrictJson.Member(signature, "sig", path), path + ".sig")));
        }

        return new Envelope(type, payload, signatures);
    }

    /// <summary>Checks the signatures: enough different known keys must have signed. Key ids in the envelope are not believed, and signatures by unknown keys are ignored.</summary>
    /// <param name="knownKeys">The keys that count.</param>
    /// <param name="threshold">How many of them must have signed.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="threshold"/> is under 1.</exception>
    public EnvelopeResult Verify(IReadOnlyList<EnvelopeKey> knownKeys, int threshold = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threshold, 1);
        byte[] signed = SignedBytes(PayloadType, _payload);
        List<EnvelopeKey> signers = [];
        foreach (EnvelopeKey key in knownKeys.DistinctBy(k => k.Id))
        {
            if (Signatures.Any(s => key.Verify(signed, s.Bytes.Span)))
            {
                signers.Add(key);
            }
        }

        return signers.Count >= threshold
            ? new EnvelopeResult.Verified(PayloadType, Payload, signers)
            : new EnvelopeResult.Refused($"{signers.Count} of the {knownKeys.Count} known keys have signed it; {threshold} must have.");
    }

    /// <summary>The envelope in JSON, canonical.</summary>
    public byte[] ToJson()
    {
        using MemoryStream json = new();
        using (Utf8JsonWriter writer = new(json))
        {
            writer.WriteStartObject();
            writer.WriteString("payload", Convert.ToBase64String(_payload));
            writer.WriteString("payloadType", PayloadType);
            writer.WriteStartArray("signatures");
            foreach (EnvelopeSignature signature in Signatures)
            {
                writer.WriteStartObject();
                if (signature.KeyId is not null)
                {
                    writer.WriteString("keyid", signature.KeyId);
                }

                writer.WriteString("sig", Convert.ToBase64String(signature.Bytes.Span));
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return CanonicalJson.Format(json.ToArray());
    }

    /// <summary>DSSE lets a reader meet either alphabet.</summary>
    private static byte[] Base64(JsonElement element, string path)
    {
        string text = StrictJson.Text(element, path);
        return CanonicalBase64.TryDecode(text.Replace('-', '+').Replace('_', '/'), out byte[]? bytes)
            ? bytes
            : throw new StatementFormatException(path, "base64", NoteFormatException.Quote(text));
    }
}

/// <summary>One signature on an envelope.</summary>
/// <param name="KeyId">A hint at whose it is, which nobody has signed.</param>
/// <param name="Bytes">The signature.</param>
public sealed record EnvelopeSignature(string? KeyId, ReadOnlyMemory<byte> Bytes);

/// <summary>What came of checking an envelope.</summary>
public abstract record EnvelopeResult
{
    private EnvelopeResult()
    {
    }

    /// <summary>Enough known keys have signed.</summary>
    /// <param name="PayloadType">What the payload is.</param>
    /// <param name="Payload">The bytes that were signed: read these and no other copy.</param>
    /// <param name="Signers">The known keys that signed, each once.</param>
    public sealed record Verified(string PayloadType, ReadOnlyMemory<byte> Payload, IReadOnlyList<EnvelopeKey> Signers) : EnvelopeResult;

    /// <summary>The payload must not be used.</summary>
    public sealed record Refused(string Reason) : EnvelopeResult;
}
