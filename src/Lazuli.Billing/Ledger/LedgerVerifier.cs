using System.Globalization;
using Lazuli.Contracts;
using Lazuli.Storage;

namespace Lazuli.Billing;

/// <summary>Rebuilds balances from transfers and compares them with the stored ones.</summary>
/// <remarks>One statement reads both, so it sees one state while others write; the database adds up, so memory holds one row an account.</remarks>
internal static class LedgerVerifier
{
    private const string Rebuilt = """
        SELECT account AS Account, currency AS Currency, kind AS Kind, debits AS Debits, credits AS Credits, transfers AS Transfers, 0 AS IsRebuilt FROM balances
        UNION ALL
        SELECT account, currency, '', CAST(sum(debits) AS BIGINT), CAST(sum(credits) AS BIGINT), CAST(sum(transfers) AS BIGINT), 1
        FROM (
            SELECT debit AS account, currency, sum(nanos) AS debits, 0 AS credits, count(*) AS transfers FROM transfers GROUP BY debit, currency
            UNION ALL
            SELECT credit AS account, currency, 0 AS debits, sum(nanos) AS credits, count(*) AS transfers FROM transfers GROUP BY credit, currency
        ) AS sides
        GROUP BY account, currency
        ORDER BY 1, 2, 7
        """;

    public static async Task<LedgerVerdict> VerifyAsync(MoneyDatabase money, CancellationToken cancellationToken)
    {
        IReadOnlyList<VerifiedRow> rows = await money.QueryAsync<VerifiedRow>(Rebuilt, null, cancellationToken).ConfigureAwait(false);
        string? difference = null;
        long touches = 0;
        long accounts = 0;
        for (int i = 0; i < rows.Count; i++)
        {
            VerifiedRow row = rows[i];
            accounts++;
            VerifiedRow? stored = row.IsRebuilt == 0 ? row : null;
            VerifiedRow? rebuilt = row.IsRebuilt == 1 ? row : i + 1 < rows.Count && rows[i + 1].IsFor(row) ? rows[++i] : null;
            touches += rebuilt?.Transfers ?? 0;
            difference ??= Difference(row, stored, rebuilt);
        }

        return new LedgerVerdict(touches / 2, accounts, difference);
    }

    private static string? Difference(VerifiedRow row, VerifiedRow? stored, VerifiedRow? rebuilt) => (stored, rebuilt) switch
    {
        (null, _) => $"{row.Account} {row.Currency}: no balance is stored, its transfers say {Text(row)}",
        (_, null) => $"{row.Account} {row.Currency}: stored is {Text(row)}, no transfer touches it",
        _ when stored.Debits != rebuilt.Debits || stored.Credits != rebuilt.Credits || stored.Transfers != rebuilt.Transfers =>
            $"{row.Account} {row.Currency}: stored is {Text(stored)}, its transfers say {Text(rebuilt)}",
        _ => null,
    };

    private static string Text(VerifiedRow row) =>
        string.Create(CultureInfo.InvariantCulture, $"{row.Debits} nano-units debited and {row.Credits} credited in {row.Transfers} transfers");

    private sealed class VerifiedRow
    {
        public string Account { get; init; } = "";

        public string Currency { get; init; } = "";

        public string Kind { get; init; } = "";

        public long Debits { get; init; }

        public long Credits { get; init; }

        public long Transfers { get; init; }

        public long IsRebuilt { get; init; }

        public bool IsFor(VerifiedRow other) => Account == other.Account && Currency == other.Currency;
    }
}
