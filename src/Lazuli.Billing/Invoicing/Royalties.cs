using Lazuli.Contracts;
using Lazuli.Storage;

namespace Lazuli.Billing;

/// <summary>Royalty statements in the money database.</summary>
/// <remarks>Royalties are booked when an invoice is finalised; a statement tells those that none has told yet, and adds no rounding of its own.</remarks>
internal sealed class Royalties(MoneyDatabase money, IRoyaltyTerms terms, TimeProvider time) : IRoyalties
{
    /// <inheritdoc/>
    public async Task<RoyaltyStatement> IssueAsync(
        PartyId licensor, PartyId licensee, Currency currency, DateTimeOffset from, DateTimeOffset until, IReadOnlyList<GrantId> grants, CancellationToken cancellationToken)
    {
        DateTimeOffset now = time.GetUtcNow();
        if (until <= from || until > now)
        {
            throw new BillingRefusedException(BillingRefusal.Invalid, $"A statement is about a period that is over; {from:u} to {until:u} came.");
        }

        long fixedNanos = 0;
        foreach (RoyaltyLink link in grants.Count == 0 ? [] : await terms.LinksAsync(grants, cancellationToken).ConfigureAwait(false))
        {
            if (link.Licensor != licensor || link.Licensee != licensee)
            {
                throw new BillingRefusedException(BillingRefusal.Invalid, $"{link.Grant} is a grant from {link.Licensor} to {link.Licensee}, not from {licensor} to {licensee}.");
            }

            if (link.Fixed is { } fee && fee.Currency == currency)
            {
                fixedNanos = checked(fixedNanos + Allocation.Round(fee.Nanos, CurrencyDigits.MinorUnitNanos(currency)));
            }
        }

        return await money.WriteAsync(transaction => Issue(transaction, licensor, licensee, currency, from, until, fixedNanos, now), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<RoyaltyStatement>> ListAsync(PartyId? licensor, PartyId? licensee, CancellationToken cancellationToken)
    {
        IReadOnlyList<StatementRow> rows = await money.QueryAsync<StatementRow>(
            "SELECT document AS Document, digest AS Digest FROM royalty_statements WHERE (@licensor = '' OR licensor = @licensor) AND (@licensee = '' OR licensee = @licensee) ORDER BY period_from, number",
            new { licensor = licensor?.Value ?? "", licensee = licensee?.Value ?? "" },
            cancellationToken).ConfigureAwait(false);
        return [.. rows.Select(row => row.ToStatement())];
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<(PartyId Licensor, PartyId Licensee, Currency Currency)>> OpenAsync(DateTimeOffset until, CancellationToken cancellationToken)
    {
        IReadOnlyList<PairRow> rows = await money.QueryAsync<PairRow>(
            "SELECT DISTINCT licensor AS Licensor, licensee AS Licensee, currency AS Currency FROM royalties WHERE statement IS NULL AND ended_at <= @until ORDER BY 1, 2, 3",
            new { until = StoredTime.Format(until) },
            cancellationToken).ConfigureAwait(false);
        return [.. rows.Select(row => (new PartyId(row.Licensor), new PartyId(row.Licensee), new Currency(row.Currency)))];
    }

    /// <inheritdoc/>
    public string Export(RoyaltyStatement statement, InvoiceFormat format) => format switch
    {
        InvoiceFormat.Json => MoneyJson.Format(statement with { Digest = "" }),
        InvoiceFormat.Csv => InvoiceCsv.Write(statement),
        InvoiceFormat.Html => RoyaltyHtml.Write(statement),
        _ => throw new ArgumentOutOfRangeException(nameof(format), format, "Not a form of a royalty statement."),
    };

    private static RoyaltyStatement Issue(
        DatabaseTransaction transaction, PartyId licensor, PartyId licensee, Currency currency, DateTimeOffset from, DateTimeOffset until, long fixedNanos, DateTimeOffset now)
    {
        var key = new { licensor = licensor.Value, licensee = licensee.Value, currency = currency.Code, from = StoredTime.Format(from), until = StoredTime.Format(until) };
        IReadOnlyList<StatementRow> before = transaction.Query<StatementRow>(
            "SELECT document AS Document, digest AS Digest FROM royalty_statements WHERE licensor = @licensor AND licensee = @licensee AND currency = @currency AND period_from < @until AND @from < period_until", key);
        if (before.Count > 0)
        {
            RoyaltyStatement issued = before[0].ToStatement();
            return issued.From == from && issued.Until == until
                ? issued
                : throw new BillingRefusedException(BillingRefusal.Conflict, $"{issued.Number} covers {issued.From:u} to {issued.Until:u} already. Begin where it ends.");
        }

        IReadOnlyList<RoyaltyLine> lines = RoyaltyRows.Open(transaction, licensor, licensee, currency, until);
        var statement = new RoyaltyStatement
        {
            Number = InvoiceRows.NextNumber(transaction, licensor, "R"),
            Licensor = licensor,
            Licensee = licensee,
            Currency = currency,
            From = from,
            Until = until,
            IssuedAt = now,
            Lines = lines,
            FixedNanos = fixedNanos,
            TotalNanos = lines.Aggregate(fixedNanos, (sum, line) => checked(sum + line.Nanos)),
        };
        string text = MoneyJson.Format(statement);
        transaction.Execute(
            "INSERT INTO royalty_statements (number, licensor, licensee, currency, period_from, period_until, total, document, digest) VALUES (@number, @licensor, @licensee, @currency, @from, @until, @total, @text, @digest)",
            new { number = statement.Number, key.licensor, key.licensee, key.currency, key.from, key.until, total = statement.TotalNanos, text, digest = MoneyJson.Digest(text) });
        DocumentSeals.Put(transaction, DocumentKind.RoyaltyStatement, statement.Number, MoneyJson.Digest(text));
        RoyaltyRows.Close(transaction, licensor, licensee, currency, until, statement.Number);
        LedgerWriter.Append(transaction, InvoiceBooks.FixedRoyalty(statement));
        return statement with { Digest = MoneyJson.Digest(text) };
    }

    private sealed class StatementRow
    {
        public string Document { get; init; } = "";

        public string Digest { get; init; } = "";

        public RoyaltyStatement ToStatement() => MoneyJson.Parse<RoyaltyStatement>(Document) with { Digest = Digest };
    }

    private sealed class PairRow
    {
        public string Licensor { get; init; } = "";

        public string Licensee { get; init; } = "";

        public string Currency { get; init; } = "";
    }
}
