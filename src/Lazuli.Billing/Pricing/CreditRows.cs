using Lazuli.Contracts;
using Lazuli.Storage;

namespace Lazuli.Billing;

/// <summary>Rows of credit, read and written inside the caller's transaction, with their transfers.</summary>
internal static class CreditRows
{
    private const string Used = "Used";
    private const string Expired = "Expired";

    private const string Select = """
        SELECT g.id AS Id, g.party AS Party, g.issuer AS Issuer, g.kind AS Kind, g.currency AS Currency, g.nanos AS Nanos, g.priority AS Priority,
               g.valid_from AS ValidFrom, g.expires_at AS ExpiresAt, g.reason AS Reason,
               CAST(COALESCE((SELECT sum(u.nanos) FROM credit_uses u WHERE u.grant_id = g.id AND u.kind = 'Used'), 0) AS BIGINT) AS UsedNanos,
               CAST(COALESCE((SELECT sum(u.nanos) FROM credit_uses u WHERE u.grant_id = g.id AND u.kind = 'Expired'), 0) AS BIGINT) AS ExpiredNanos
        FROM credit_grants g
        """;

    /// <summary>Statement for all credit, or a party's.</summary>
    public const string SelectAll = Select + " WHERE (@party = '' OR g.party = @party) ORDER BY g.created_at, g.id";

    /// <summary>A party's credit with a seller, in the order given.</summary>
    public static IReadOnlyList<CreditBalance> Of(DatabaseTransaction transaction, PartyId party, PartyId issuer, Currency currency) =>
        [.. transaction.Query<CreditRow>(
            Select + " WHERE g.party = @party AND g.issuer = @issuer AND g.currency = @currency ORDER BY g.created_at, g.id",
            new { party = party.Value, issuer = issuer.Value, currency = currency.Code }).Select(row => row.ToBalance())];

    /// <summary>Keeps new credit.</summary>
    /// <exception cref="BillingRefusedException">The id is there with other content.</exception>
    public static void Add(DatabaseTransaction transaction, CreditGrant grant, DateTimeOffset now)
    {
        int isNew = transaction.Execute(
            """
            INSERT INTO credit_grants (id, party, issuer, kind, currency, nanos, priority, valid_from, expires_at, created_at, reason)
            VALUES (@Id, @party, @issuer, @kind, @currency, @nanos, @priority, @from, @expires, @now, @Reason) ON CONFLICT (id) DO NOTHING
            """,
            new
            {
                grant.Id,
                party = grant.Party.Value,
                issuer = grant.Issuer.Value,
                kind = grant.Kind.ToString(),
                currency = grant.Amount.Currency.Code,
                nanos = grant.Amount.Nanos,
                priority = (long)grant.Priority,
                from = StoredTime.Format(grant.From),
                expires = grant.ExpiresAt is { } end ? StoredTime.Format(end) : null,
                now = StoredTime.Format(now),
                grant.Reason,
            });
        if (isNew == 0 && transaction.Query<CreditRow>(Select + " WHERE g.id = @Id", new { grant.Id })[0].ToBalance().Grant != grant)
        {
            throw new BillingRefusedException(BillingRefusal.Conflict, $"Credit {grant.Id} was given with other content. Credit never changes; give more under another id.");
        }

        LedgerAccount source = grant.Kind == CreditKind.Paid ? LedgerAccount.Cash(grant.Issuer) : LedgerAccount.CreditGiven(grant.Issuer);
        LedgerWriter.Append(transaction, new Transfer(
            source, LedgerAccount.Prepaid(grant.Party, grant.Issuer), grant.Amount.Nanos, grant.Amount.Currency, TransferKind.Credit, $"credit:{grant.Id}", 0, now, grant.Id));
    }

    /// <summary>Uses credit up to what is accrued, then lets expire what is past its expiry.</summary>
    /// <returns>Nano-units used, and how many credits expired.</returns>
    public static (long UsedNanos, int Expired) Apply(DatabaseTransaction transaction, PartyId party, PartyId issuer, Currency currency, DateTimeOffset now)
    {
        LedgerAccount accrued = LedgerAccount.Accrued(party, issuer);
        long open = transaction.Scalar<long>("SELECT debits - credits FROM balances WHERE account = @Name AND currency = @Code", new { accrued.Name, currency.Code });
        IReadOnlyList<CreditBalance> credits = Of(transaction, party, issuer, currency);
        long used = 0;
        foreach ((CreditBalance credit, long nanos) in CreditOrder.Use(credits, Math.Max(0, open), now))
        {
            AddUse(transaction, credit.Grant, Used, nanos, LedgerAccount.Prepaid(party, issuer), accrued, TransferKind.CreditUsed, now);
            used += nanos;
        }

        int expired = 0;
        foreach ((CreditBalance credit, long nanos) in CreditOrder.Expire(Of(transaction, party, issuer, currency), now))
        {
            // What was never paid for is no income when it expires: it goes back to where it was booked as given.
            LedgerAccount receiver = credit.Grant.Kind == CreditKind.Paid ? LedgerAccount.Breakage(issuer) : LedgerAccount.CreditGiven(issuer);
            AddUse(transaction, credit.Grant, Expired, nanos, LedgerAccount.Prepaid(party, issuer), receiver, TransferKind.Breakage, now);
            expired++;
        }

        return (used, expired);
    }

    /// <summary>Nano-units of credit used that stand on no invoice.</summary>
    public static long UninvoicedNanos(DatabaseTransaction transaction, PartyId party, PartyId issuer, Currency currency) => transaction.Scalar<long>(
        """
        SELECT CAST(COALESCE((
            SELECT sum(u.nanos) FROM credit_uses u JOIN credit_grants g ON g.id = u.grant_id
            WHERE g.party = @party AND g.issuer = @issuer AND g.currency = @currency AND u.kind = 'Used'), 0) - COALESCE((
            SELECT sum(credit) FROM invoices
            WHERE customer = @party AND issuer = @issuer AND currency = @currency AND credits IS NULL AND state <> 'Draft' AND state <> 'Voided'), 0) AS BIGINT)
        """,
        new { party = party.Value, issuer = issuer.Value, currency = currency.Code });

    private static void AddUse(DatabaseTransaction transaction, CreditGrant grant, string kind, long nanos, LedgerAccount debit, LedgerAccount credit, TransferKind transferKind, DateTimeOffset now)
    {
        long number = transaction.Query<long>(
            """
            INSERT INTO credit_uses (grant_id, number, kind, nanos, at)
            SELECT @Id, COALESCE(max(number), 0) + 1, @kind, @nanos, @at FROM credit_uses WHERE grant_id = @Id RETURNING number
            """,
            new { grant.Id, kind, nanos, at = StoredTime.Format(now) })[0];
        LedgerWriter.Append(transaction, new Transfer(debit, credit, nanos, grant.Amount.Currency, transferKind, $"credit:{grant.Id}", (int)number, now, grant.Id));
    }
}
