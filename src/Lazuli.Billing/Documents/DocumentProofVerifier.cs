using System.Text;
using System.Text.Json;
using Lazuli.Contracts;
using Lazuli.Proofs;

namespace Lazuli.Billing;

/// <summary>Checks that a document is the one whose digest the log holds, with the log's public key and nothing else.</summary>
public static class DocumentProofVerifier
{
    /// <summary>Checks it.</summary>
    /// <param name="proof">From whoever has it.</param>
    /// <param name="logKey">The log's key (vkey), from somebody else than the issuer.</param>
    /// <returns>What is wrong; null when all holds.</returns>
    public static string? WhyNot(DocumentProof proof, string logKey)
    {
        ArgumentNullException.ThrowIfNull(proof);
        ArgumentNullException.ThrowIfNull(logKey);
        try
        {
            using JsonDocument document = JsonDocument.Parse(proof.Document);
            if (document.RootElement.GetProperty("number").GetString() != proof.Number)
            {
                return $"The document says that it is number {document.RootElement.GetProperty("number").GetString()}, not {proof.Number}.";
            }

            byte[] leaf = DocumentLeaf.Write(proof.Kind, proof.Number, MoneyJson.Digest(proof.Document));
            return LogReceipt.Parse(Encoding.UTF8.GetBytes(proof.Receipt)).Verify(MerkleHash.OfLeaf(leaf), VerifierKey.Parse(logKey)) is ReceiptResult.Refused refused
                ? $"The log does not hold this document's digest: {refused.Reason}"
                : null;
        }
        catch (Exception e) when (e is NoteFormatException or FormatException or ArgumentException or JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return $"The proof cannot be read: {e.Message}";
        }
    }
}
