using Lazuli.Contracts;
using Lazuli.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Lazuli.Billing;

/// <summary>Puts proofs of documents together; in the process that keeps the log.</summary>
internal sealed class DocumentProofs(MoneyDatabase money, IServiceProvider services) : IDocumentProofs
{
    /// <inheritdoc/>
    public async Task<DocumentProof> ProveAsync(string number, CancellationToken cancellationToken)
    {
        ITransparencyLog log = services.GetService<ITransparencyLog>() ?? throw new BillingRefusedException(BillingRefusal.NotFound, "This process keeps no transparency log; ask the one that does.");
        await services.GetRequiredService<DocumentSealer>().SealAsync(cancellationToken).ConfigureAwait(false);
        IReadOnlyList<ProofRow> rows = await money.QueryAsync<ProofRow>(
            """
            SELECT d.document AS Document, d.kind AS Kind, s.log_index AS LogIndex FROM
                (SELECT number, document, CASE WHEN credits IS NULL THEN 0 ELSE 1 END AS kind FROM invoices WHERE number = @number
                 UNION ALL SELECT number, document, 2 AS kind FROM royalty_statements WHERE number = @number) d
            JOIN document_seals s ON s.number = d.number
            """,
            new { number },
            cancellationToken).ConfigureAwait(false);
        if (rows.Count == 0)
        {
            throw new BillingRefusedException(BillingRefusal.NotFound, $"There is no finalised document '{number}'. `lazuli invoice list` and `lazuli invoice royalties` name them.");
        }

        return rows[0].LogIndex is { } index
            ? new DocumentProof((DocumentKind)rows[0].Kind, number, rows[0].Document, await log.ReceiptAsync(index, cancellationToken).ConfigureAwait(false))
            : throw new BillingRefusedException(BillingRefusal.WrongState, $"The digest of {number} is on its way to the log; ask again in a while.");
    }

    private sealed class ProofRow
    {
        public string Document { get; init; } = "";

        public long Kind { get; init; }

        public long? LogIndex { get; init; }
    }
}
