using System.Globalization;
using Lazuli.Contracts;
using Lazuli.Storage;

namespace Lazuli.Billing;

/// <summary>Rows of invoices, numbers and payments, read and written inside the caller's transaction.</summary>
internal static class InvoiceRows
{
    /// <summary>Columns of <see cref="StoredInvoice"/>.</summary>
    public const string Select =
        "SELECT id AS Id, state AS State, number AS Number, due_at AS DueAt, period_from AS PeriodFrom, period_until AS PeriodUntil, paid AS Paid, credits AS Credits, document AS Document, digest AS Digest FROM invoices ";

    /// <summary>The row of an id.</summary>
    /// <exception cref="BillingRefusedException">There is none.</exception>
    public static StoredInvoice Get(DatabaseTransaction transaction, InvoiceId id)
    {
        IReadOnlyList<StoredInvoice> rows = transaction.Query<StoredInvoice>(Select + "WHERE id = @Value", new { id.Value });
        return rows.Count == 1 ? rows[0] : throw new BillingRefusedException(BillingRefusal.NotFound, $"There is no invoice {id}. `lazuli invoice list` names them.");
    }

    /// <summary>Invoices of an issuer for a customer in a currency, by period.</summary>
    public static IReadOnlyList<StoredInvoice> Of(DatabaseTransaction transaction, PartyId issuer, PartyId customer, Currency currency) =>
        transaction.Query<StoredInvoice>(
            Select + "WHERE issuer = @issuer AND customer = @customer AND currency = @currency ORDER BY period_from, id",
            new { issuer = issuer.Value, customer = customer.Value, currency = currency.Code });

    /// <summary>Writes a draft, or a finalised document over its draft.</summary>
    public static void Put(DatabaseTransaction transaction, InvoiceId id, InvoiceState state, InvoiceDocument document, string text, DateTimeOffset now) => transaction.Execute(
        """
        INSERT INTO invoices (id, issuer, customer, currency, state, number, period_from, period_until, due_at, total, paid, credit, credits, document, digest, updated_at)
        VALUES (@id, @issuer, @customer, @currency, @state, @number, @from, @until, @due, @total, 0, @credit, @credits, @text, @digest, @now)
        ON CONFLICT (id) DO UPDATE SET state = excluded.state, number = excluded.number, due_at = excluded.due_at, total = excluded.total, credit = excluded.credit,
            document = excluded.document, digest = excluded.digest, updated_at = excluded.updated_at
        """,
        new
        {
            id = id.Value,
            issuer = document.Issuer.Id.Value,
            customer = document.Customer.Id.Value,
            currency = document.Currency.Code,
            state = state.ToString(),
            number = document.Number.Length == 0 ? null : document.Number,
            from = StoredTime.Format(document.From),
            until = StoredTime.Format(document.Until),
            due = document.DueAt is { } due ? StoredTime.Format(due) : null,
            total = document.TotalNanos,
            credit = document.Credits is null ? -document.Lines.Where(line => line.Kind == InvoiceLineKind.Credit).Sum(line => line.ExactNanos) : 0,
            credits = document.Credits,
            text,
            digest = document.Number.Length == 0 ? "" : MoneyJson.Digest(text),
            now = StoredTime.Format(now),
        });

    /// <summary>Changes where it stands; never what it says.</summary>
    public static void SetState(DatabaseTransaction transaction, InvoiceId id, InvoiceState state, long paidNanos, DateTimeOffset now) => transaction.Execute(
        "UPDATE invoices SET state = @state, paid = @paidNanos, updated_at = @now WHERE id = @id",
        new { id = id.Value, state = state.ToString(), paidNanos, now = StoredTime.Format(now) });

    /// <summary>The issuer's next number in a series; without gaps, since it is given in the transaction that uses it.</summary>
    public static string NextNumber(DatabaseTransaction transaction, PartyId issuer, string series)
    {
        long last = transaction.Query<long>(
            "INSERT INTO document_numbers (issuer, series, last) VALUES (@issuer, @series, 1) ON CONFLICT (issuer, series) DO UPDATE SET last = document_numbers.last + 1 RETURNING last",
            new { issuer = issuer.Value, series })[0];
        return string.Create(CultureInfo.InvariantCulture, $"{issuer}-{series}{last:000000}");
    }

    /// <summary>Keeps a payment.</summary>
    /// <returns>False when the reference was there with the same amount.</returns>
    /// <exception cref="BillingRefusedException">It was there with another amount.</exception>
    public static bool AddPayment(DatabaseTransaction transaction, InvoiceId id, string reference, long nanos, DateTimeOffset at)
    {
        IReadOnlyList<long> before = transaction.Query<long>("SELECT nanos FROM invoice_payments WHERE invoice = @id AND reference = @reference", new { id = id.Value, reference });
        if (before.Count > 0)
        {
            return before[0] == nanos
                ? false
                : throw new BillingRefusedException(BillingRefusal.Conflict, $"Payment {reference} was booked with another amount. Another payment needs another reference.");
        }

        transaction.Execute("INSERT INTO invoice_payments (invoice, reference, nanos, at) VALUES (@id, @reference, @nanos, @at)", new { id = id.Value, reference, nanos, at = StoredTime.Format(at) });
        return true;
    }

    /// <summary>The transfers under an invoice's key, in order.</summary>
    public static IReadOnlyList<Transfer> Issued(DatabaseTransaction transaction, InvoiceId id) =>
        [.. transaction.Query<IssuedRow>(
            "SELECT debit AS Debit, credit AS Credit, nanos AS Nanos, currency AS Currency, leg AS Leg FROM transfers WHERE key = @key ORDER BY leg",
            new { key = $"invoice:{id}" }).Select(row => row.ToTransfer())];

    private sealed class IssuedRow
    {
        public string Debit { get; init; } = "";

        public string Credit { get; init; } = "";

        public long Nanos { get; init; }

        public string Currency { get; init; } = "";

        public long Leg { get; init; }

        public Transfer ToTransfer() =>
            new(LedgerAccount.Parse(Debit), LedgerAccount.Parse(Credit), Nanos, new Currency(Currency), TransferKind.Invoice, "", (int)Leg, default, "");
    }
}
