using Lazuli.Contracts;
using Lazuli.Storage;

namespace Lazuli.Billing;

/// <summary>Digests on their way to the log, put there in the transaction that freezes the document.</summary>
internal static class DocumentSeals
{
    /// <summary>Puts a digest on its way; the same again changes nothing.</summary>
    public static void Put(DatabaseTransaction transaction, DocumentKind kind, string number, string digest) => transaction.Execute(
        "INSERT INTO document_seals (number, leaf, log_size, log_index) VALUES (@number, @leaf, NULL, NULL) ON CONFLICT (number) DO NOTHING",
        new { number, leaf = DocumentLeaf.Write(kind, number, digest) });
}
