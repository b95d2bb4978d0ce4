using Lazuli.Contracts;
using Lazuli.Storage;

namespace Lazuli.Billing;

/// <summary>Rows of royalties, read and written inside the caller's transaction.</summary>
internal static class RoyaltyRows
{
    /// <summary>Keeps the royalties of one chain on an invoice.</summary>
    public static void Add(DatabaseTransaction transaction, InvoiceId invoice, string grantChain, long tokens, IEnumerable<RoyaltyShare> shares, InvoiceDocument document)
    {
        foreach (RoyaltyShare share in shares)
        {
            transaction.Execute(
                """
                INSERT INTO royalties (invoice, grant_chain, grant_id, licensor, licensee, currency, ended_at, share, tokens, gross, nanos, statement)
                VALUES (@invoice, @grantChain, @grant, @licensor, @licensee, @currency, @ended, @share, @tokens, @gross, @nanos, NULL)
                """,
                new
                {
                    invoice = invoice.Value,
                    grantChain,
                    grant = share.Link.Grant.Value,
                    licensor = share.Link.Licensor.Value,
                    licensee = share.Link.Licensee.Value,
                    currency = document.Currency.Code,
                    ended = StoredTime.Format(document.Until),
                    share = (long)share.Link.ShareBasisPoints,
                    tokens,
                    gross = share.GrossNanos,
                    nanos = share.Nanos,
                });
        }
    }

    /// <summary>Takes an invoice's royalties back on its credit note: rows with the opposite amounts.</summary>
    public static void Reverse(DatabaseTransaction transaction, InvoiceId invoice, InvoiceId creditNote) => transaction.Execute(
        """
        INSERT INTO royalties (invoice, grant_chain, grant_id, licensor, licensee, currency, ended_at, share, tokens, gross, nanos, statement)
        SELECT @creditNote, grant_chain, grant_id, licensor, licensee, currency, ended_at, share, -tokens, -gross, -nanos, NULL FROM royalties WHERE invoice = @invoice
        """,
        new { invoice = invoice.Value, creditNote = creditNote.Value });

    /// <summary>Royalties up to an instant that no statement has told, by invoice number.</summary>
    public static IReadOnlyList<RoyaltyLine> Open(DatabaseTransaction transaction, PartyId licensor, PartyId licensee, Currency currency, DateTimeOffset until) =>
        [.. transaction.Query<LineRow>(
            """
            SELECT i.number AS Number, r.grant_id AS GrantId, r.grant_chain AS GrantChain, r.share AS Share, r.tokens AS Tokens, r.gross AS Gross, r.nanos AS Nanos
            FROM royalties r JOIN invoices i ON i.id = r.invoice
            WHERE r.licensor = @licensor AND r.licensee = @licensee AND r.currency = @currency AND r.ended_at <= @until AND r.statement IS NULL
            ORDER BY i.number, r.grant_chain, r.grant_id
            """,
            new { licensor = licensor.Value, licensee = licensee.Value, currency = currency.Code, until = StoredTime.Format(until) }).Select(row => row.ToLine())];

    /// <summary>Says which statement told them.</summary>
    public static int Close(DatabaseTransaction transaction, PartyId licensor, PartyId licensee, Currency currency, DateTimeOffset until, string statement) => transaction.Execute(
        "UPDATE royalties SET statement = @statement WHERE licensor = @licensor AND licensee = @licensee AND currency = @currency AND ended_at <= @until AND statement IS NULL",
        new { licensor = licensor.Value, licensee = licensee.Value, currency = currency.Code, until = StoredTime.Format(until), statement });

    private sealed class LineRow
    {
        public string Number { get; init; } = "";

        public string GrantId { get; init; } = "";

        public string GrantChain { get; init; } = "";

        public long Share { get; init; }

        public long Tokens { get; init; }

        public long Gross { get; init; }

        public long Nanos { get; init; }

        public RoyaltyLine ToLine() => new(Number, new GrantId(GrantId), GrantChainText.Split(GrantChain), (int)Share, Tokens, Gross, Nanos);
    }
}
