using System.Globalization;
using Lazuli.Storage;

namespace Lazuli.Billing;

/// <summary>Appends transfers, and balances with them, inside the caller's transaction. The only code that writes either table.</summary>
/// <remarks>Append-only and idempotent by (key, leg): the same content again changes nothing, other content is refused. Give many transfers at once: each account's balance is written once a call.</remarks>
internal static class LedgerWriter
{
    private const string Insert =
        "INSERT INTO transfers (debit, credit, nanos, currency, kind, key, leg, at, reference) VALUES (@debit, @credit, @nanos, @currency, @kind, @key, @leg, @at, @reference) ON CONFLICT (key, leg) DO NOTHING";

    private const string Update = """
        INSERT INTO balances (account, currency, kind, debits, credits, transfers) VALUES (@account, @currency, @kind, @debits, @credits, @transfers)
        ON CONFLICT (account, currency) DO UPDATE SET
            debits = balances.debits + excluded.debits, credits = balances.credits + excluded.credits, transfers = balances.transfers + excluded.transfers
        """;

    /// <summary>Appends the transfers that are not there yet.</summary>
    /// <returns>How many were new.</returns>
    /// <exception cref="ArgumentException">An amount that is not above zero, or an account on both sides.</exception>
    /// <exception cref="LedgerConflictException">A key and leg are there with other content.</exception>
    public static int Append(DatabaseTransaction transaction, params ReadOnlySpan<Transfer> transfers)
    {
        // Sorted: transactions of several processes then lock balances in one order, and cannot wait for each other in a ring.
        var changes = new SortedDictionary<(string Account, string Currency), Change>(AccountOrder.Instance);
        int added = 0;
        PreparedStatement insert = transaction.Prepare(Insert, "debit", "credit", "nanos", "currency", "kind", "key", "leg", "at", "reference");
        foreach (ref readonly Transfer transfer in transfers)
        {
            Check(transfer);
            int isNew = insert.Bind(0, transfer.Debit.Name).Bind(1, transfer.Credit.Name).Bind(2, transfer.Nanos).Bind(3, transfer.Currency.Code).Bind(4, transfer.Kind.ToString())
                .Bind(5, transfer.Key).Bind(6, (long)transfer.Leg).Bind(7, StoredTime.Format(transfer.At)).Bind(8, transfer.Reference).Execute();
            if (isNew == 0)
            {
                CheckSame(transaction, transfer);
                continue;
            }

            added++;
            Add(changes, transfer.Debit, transfer.Currency.Code, transfer.Nanos, 0);
            Add(changes, transfer.Credit, transfer.Currency.Code, 0, transfer.Nanos);
        }

        PreparedStatement update = transaction.Prepare(Update, "account", "currency", "kind", "debits", "credits", "transfers");
        foreach (((string account, string currency), Change change) in changes)
        {
            update.Bind(0, account).Bind(1, currency).Bind(2, NameOf(change.Kind)).Bind(3, change.Debits).Bind(4, change.Credits).Bind(5, change.Transfers).Execute();
        }

        return added;
    }

    private static string NameOf(AccountKind kind) => kind switch
    {
        AccountKind.Asset => "asset",
        AccountKind.Liability => "liability",
        AccountKind.Income => "income",
        AccountKind.Expense => "expense",
        AccountKind.Equity => "equity",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Not a kind of account."),
    };

    private static void Check(in Transfer transfer)
    {
        if (transfer.Nanos <= 0)
        {
            throw new ArgumentException($"A transfer is above zero, to the other side where it goes back; {transfer.Nanos} nano-units came under {transfer.Key}.", nameof(transfer));
        }

        if (transfer.Debit.Name is null || transfer.Credit.Name is null || transfer.Debit == transfer.Credit)
        {
            throw new ArgumentException($"A transfer goes from one account to another; {transfer.Debit} and {transfer.Credit} came under {transfer.Key}.", nameof(transfer));
        }
    }

    private static void CheckSame(DatabaseTransaction transaction, in Transfer transfer)
    {
        StoredTransfer stored = transaction.Query<StoredTransfer>(
            "SELECT debit AS Debit, credit AS Credit, nanos AS Nanos, currency AS Currency, kind AS Kind, reference AS Reference FROM transfers WHERE key = @Key AND leg = @Leg",
            new { transfer.Key, transfer.Leg })[0];
        var given = new StoredTransfer { Debit = transfer.Debit.Name, Credit = transfer.Credit.Name, Nanos = transfer.Nanos, Currency = transfer.Currency.Code, Kind = transfer.Kind.ToString(), Reference = transfer.Reference };
        if (stored != given)
        {
            throw new LedgerConflictException(transfer.Key, transfer.Leg, stored.ToString(), given.ToString());
        }
    }

    private static void Add(SortedDictionary<(string, string), Change> changes, LedgerAccount account, string currency, long debit, long credit)
    {
        changes.TryGetValue((account.Name, currency), out Change sum);
        changes[(account.Name, currency)] = new Change(account.Kind, checked(sum.Debits + debit), checked(sum.Credits + credit), sum.Transfers + 1);
    }

    private sealed class AccountOrder : IComparer<(string Account, string Currency)>
    {
        public static readonly AccountOrder Instance = new();

        public int Compare((string Account, string Currency) x, (string Account, string Currency) y)
        {
            int order = string.CompareOrdinal(x.Account, y.Account);
            return order != 0 ? order : string.CompareOrdinal(x.Currency, y.Currency);
        }
    }

    private readonly record struct Change(AccountKind Kind, long Debits, long Credits, long Transfers);

    private sealed record StoredTransfer
    {
        public string Debit { get; init; } = "";

        public string Credit { get; init; } = "";

        public long Nanos { get; init; }

        public string Currency { get; init; } = "";

        public string Kind { get; init; } = "";

        public string Reference { get; init; } = "";

        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Kind} of {Nanos} nano-{Currency} from {Credit} to {Debit} for '{Reference}'");
    }
}
