using System.Buffers;
using System.Text.Json;
using Lazuli.Contracts;
using Lazuli.Proofs;

namespace Lazuli.Billing;

/// <summary>What the log says of a document: kind, number and digest; nothing of what stands in it.</summary>
internal static class DocumentLeaf
{
    /// <summary>The entry: canonical JSON.</summary>
    public static byte[] Write(DocumentKind kind, string number, string digest)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("type", "lazuli.billing.document/v1");
            writer.WriteString("kind", kind switch
            {
                DocumentKind.Invoice => "invoice",
                DocumentKind.CreditNote => "credit-note",
                DocumentKind.RoyaltyStatement => "royalty-statement",
                _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Not a kind of document."),
            });
            writer.WriteString("number", number);
            writer.WriteString("digest", digest);
            writer.WriteEndObject();
        }

        return CanonicalJson.Format(buffer.WrittenMemory);
    }
}
