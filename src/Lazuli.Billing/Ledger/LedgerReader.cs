using Lazuli.Contracts;
using Lazuli.Storage;

namespace Lazuli.Billing;

/// <summary>Reads the ledger and verifies its balances.</summary>
internal sealed class LedgerReader(MoneyDatabase money) : ILedger
{
    private const int MostRows = 10_000;

    /// <inheritdoc/>
    public async Task<IReadOnlyList<LedgerBalance>> BalancesAsync(string accountPrefix, CancellationToken cancellationToken)
    {
        IReadOnlyList<BalanceRow> rows = await money.QueryAsync<BalanceRow>(
            """
            SELECT account AS Account, currency AS Currency, kind AS Kind, debits AS Debits, credits AS Credits, transfers AS Transfers
            FROM balances WHERE account >= @accountPrefix AND substr(account, 1, @length) = @accountPrefix ORDER BY account, currency
            """,
            new { accountPrefix, length = accountPrefix.Length },
            cancellationToken).ConfigureAwait(false);
        return [.. rows.Select(row => row.ToBalance())];
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<LedgerTransfer>> TransfersAsync(string account, long? before, int limit, CancellationToken cancellationToken)
    {
        IReadOnlyList<TransferRow> rows = await money.QueryAsync<TransferRow>(
            """
            SELECT id AS Id, debit AS Debit, credit AS Credit, nanos AS Nanos, currency AS Currency, kind AS Kind, key AS Key, leg AS Leg, at AS At, reference AS Reference
            FROM transfers WHERE (debit = @account OR credit = @account) AND id < @before ORDER BY id DESC LIMIT @limit
            """,
            new { account, before = before ?? long.MaxValue, limit = Math.Clamp(limit, 1, MostRows) },
            cancellationToken).ConfigureAwait(false);
        return [.. rows.Select(row => row.ToTransfer())];
    }

    /// <inheritdoc/>
    public Task<LedgerVerdict> VerifyAsync(CancellationToken cancellationToken) => LedgerVerifier.VerifyAsync(money, cancellationToken);

    private sealed class TransferRow
    {
        public long Id { get; init; }

        public string Debit { get; init; } = "";

        public string Credit { get; init; } = "";

        public long Nanos { get; init; }

        public string Currency { get; init; } = "";

        public string Kind { get; init; } = "";

        public string Key { get; init; } = "";

        public long Leg { get; init; }

        public string At { get; init; } = "";

        public string Reference { get; init; } = "";

        public LedgerTransfer ToTransfer() => new(Id, Debit, Credit, new Money(Nanos, new Currency(Currency)), Kind, Key, (int)Leg, StoredTime.Parse(At), Reference);
    }
}
