namespace Lazuli.Contracts;

/// <summary>Proves that invoices and royalty statements are as they were issued. Thread-safe.</summary>
public interface IDocumentProofs
{
    /// <summary>The proof of a document of a number.</summary>
    /// <exception cref="BillingRefusedException">There is no such finalised document, this process keeps no log, or the digest has not arrived there yet.</exception>
    Task<DocumentProof> ProveAsync(string number, CancellationToken cancellationToken);
}
