using Lazuli.Contracts;
using Lazuli.Storage;

namespace Lazuli.Billing;

/// <summary>Rows of accounts, holds and profiles, read and written inside the caller's transaction.</summary>
internal static class AdmissionRows
{
    private const string AccountColumns =
        "id, kind, subject, limits, currency, running, held_nanos, day, spent_day_nanos, month, spent_month_nanos, credit_nanos, credit_spent_nanos, windows, budgets_told";

    private static readonly RowWriter s_insertHolds = new(
        "INSERT INTO holds (request_id, source, profile, admitted_us, prompt_tokens, max_new_tokens, allowance, marked_tokens, held_nanos, counted_tokens) VALUES ", 10);

    private static readonly RowWriter s_deleteHolds = new("DELETE FROM holds WHERE request_id IN (", 1, ")", parentheses: false);

    private static readonly RowWriter s_findEvents = new("SELECT request_id FROM meter_events WHERE request_id IN (", 1, ")", parentheses: false);

    private static readonly RowWriter s_findHolds = new("SELECT request_id FROM holds WHERE request_id IN (", 1, ")", parentheses: false);

    /// <summary>Begins a batch: its number, one more than the last of any process, and the epoch in force.</summary>
    public static (long Version, long Epoch) NextVersion(DatabaseTransaction transaction)
    {
        PreparedStatement statement = transaction.Prepare("UPDATE admission_state SET version = version + 1 WHERE id = 1 RETURNING version, epoch");
        statement.Read();
        (long, long) answer = (statement.GetInt64(0), statement.GetInt64(1));
        statement.Finish();
        return answer;
    }

    /// <summary>Keeps the epoch.</summary>
    public static void SetEpoch(DatabaseTransaction transaction, long epoch) =>
        transaction.Prepare("UPDATE admission_state SET epoch = @epoch WHERE id = 1", "epoch").Bind(0, epoch).Post();

    /// <summary>Brings accounts up to what was written after a version; makes those that are new.</summary>
    public static void ReadAccounts(DatabaseTransaction transaction, long afterVersion, Dictionary<LimitSubject, AccountState> accounts)
    {
        PreparedStatement row = transaction.Prepare($"SELECT {AccountColumns} FROM admission_accounts WHERE version > @version", "version").Bind(0, afterVersion);
        while (row.Read())
        {
            var subject = new LimitSubject(Enum.Parse<LimitSubjectKind>(row.GetString(1)), row.GetString(2));
            if (!accounts.TryGetValue(subject, out AccountState? account))
            {
                accounts.Add(subject, account = new AccountState(row.GetInt64(0), subject));
            }

            account.Currency = row.IsNull(4) ? null : new Currency(row.GetString(4));
            account.Limits = StoredLimits.Read(row.GetString(3), account.Currency);
            account.Running = row.GetInt64(5);
            account.HeldNanos = row.GetInt64(6);
            account.Day = (int)row.GetInt64(7);
            account.SpentDayNanos = row.GetInt64(8);
            account.Month = (int)row.GetInt64(9);
            account.SpentMonthNanos = row.GetInt64(10);
            account.CreditNanos = row.GetInt64(11);
            account.CreditSpentNanos = row.GetInt64(12);
            account.ReadWindows(row.GetBytes(13));
            account.BudgetsTold = (int)row.GetInt64(14);
        }
    }

    /// <summary>A new account's row.</summary>
    public static void InsertAccount(DatabaseTransaction transaction, AccountState account, long version)
    {
        const string Sql = $"INSERT INTO admission_accounts ({AccountColumns}, version) VALUES (@id, @kind, @subject, '{{}}', NULL, 0, 0, 0, 0, 0, 0, 0, 0, @windows, 0, @version)";
        transaction.Prepare(Sql, "id", "kind", "subject", "windows", "version")
            .Bind(0, account.Id).Bind(1, account.Subject.Kind.ToString()).Bind(2, account.Subject.Id).Bind(3, account.WriteWindows()).Bind(4, version).Post();
    }

    /// <summary>Limits of an account.</summary>
    public static void UpdateLimits(DatabaseTransaction transaction, AccountState account) =>
        transaction.Prepare("UPDATE admission_accounts SET limits = @limits, currency = @currency WHERE id = @id", "limits", "currency", "id")
            .Bind(0, StoredLimits.Write(account.Limits)).Bind(1, account.Currency?.Code).Bind(2, account.Id).Post();

    /// <summary>What counts against an account.</summary>
    public static void UpdateAccount(DatabaseTransaction transaction, AccountState account, long version)
    {
        const string Sql = """
            UPDATE admission_accounts SET running = @running, held_nanos = @held, day = @day, spent_day_nanos = @spentDay, month = @month, spent_month_nanos = @spentMonth,
                credit_nanos = @credit, credit_spent_nanos = @creditSpent, windows = @windows, budgets_told = @told, version = @version
            WHERE id = @id
            """;
        transaction.Prepare(Sql, "running", "held", "day", "spentDay", "month", "spentMonth", "credit", "creditSpent", "windows", "told", "version", "id")
            .Bind(0, account.Running).Bind(1, account.HeldNanos).Bind(2, (long)account.Day).Bind(3, account.SpentDayNanos).Bind(4, (long)account.Month).Bind(5, account.SpentMonthNanos)
            .Bind(6, account.CreditNanos).Bind(7, account.CreditSpentNanos).Bind(8, account.WriteWindows()).Bind(9, (long)account.BudgetsTold).Bind(10, version).Bind(11, account.Id).Post();
    }

    /// <summary>Writes new holds.</summary>
    public static void InsertHolds(DatabaseTransaction transaction, List<Hold> holds, long source) => s_insertHolds.Post(transaction, holds, (statement, p, hold) =>
    {
        BindId(statement, p, hold.RequestId);
        statement.Bind(p + 1, source).Bind(p + 2, hold.Profile.Id).Bind(p + 3, UnixTime.Microseconds(hold.AdmittedAt)).Bind(p + 4, hold.PromptTokens).Bind(p + 5, hold.MaxNewTokens)
            .Bind(p + 6, hold.Allowance).Bind(p + 7, hold.MarkedTokens).Bind(p + 8, hold.HeldNanos).Bind(p + 9, hold.CountedTokens);
    });

    /// <summary>Writes a hold's mark and size.</summary>
    public static void UpdateHold(DatabaseTransaction transaction, Hold hold)
    {
        PreparedStatement statement = transaction.Prepare(
            "UPDATE holds SET allowance = @allowance, marked_tokens = @marked, held_nanos = @held, counted_tokens = @counted WHERE request_id = @id", "allowance", "marked", "held", "counted", "id");
        statement.Bind(0, hold.Allowance).Bind(1, hold.MarkedTokens).Bind(2, hold.HeldNanos).Bind(3, hold.CountedTokens);
        BindId(statement, 4, hold.RequestId);
        statement.Post();
    }

    /// <summary>Ends holds.</summary>
    public static void DeleteHolds(DatabaseTransaction transaction, List<Guid> holds) => s_deleteHolds.Post(transaction, holds, BindId);

    /// <summary>Which of these ids were used before, by requests that are settled or run.</summary>
    public static void FindUsed(DatabaseTransaction transaction, List<Guid> ids, HashSet<Guid> used)
    {
        s_findEvents.Query(transaction, ids, BindId, row => used.Add(new Guid(row.GetBytes(0), bigEndian: true)));
        s_findHolds.Query(transaction, ids, BindId, row => used.Add(new Guid(row.GetBytes(0), bigEndian: true)));
    }

    /// <summary>Holds of a source, at most so many.</summary>
    public static List<Hold> ReadHolds(DatabaseTransaction transaction, long source, long most, Func<long, MeterProfile> profileOf, Func<MeterProfile, AccountState[]> accountsOf, long limitTicks)
    {
        PreparedStatement row = transaction.Prepare(
            "SELECT request_id, profile, admitted_us, prompt_tokens, max_new_tokens, allowance, marked_tokens, held_nanos, counted_tokens FROM holds WHERE source = @source LIMIT @most", "source", "most")
            .Bind(0, source).Bind(1, most);
        var found = new List<(Guid Id, long Profile, long At, long Prompt, long Most, long Allowance, long Marked, long Held, long Counted)>();
        while (row.Read())
        {
            found.Add((new Guid(row.GetBytes(0), bigEndian: true), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3), row.GetInt64(4), row.GetInt64(5), row.GetInt64(6), row.GetInt64(7), row.GetInt64(8)));
        }

        return [.. found.Select(hold =>
        {
            MeterProfile profile = profileOf(hold.Profile);
            return new Hold
            {
                RequestId = hold.Id,
                Profile = profile,
                Accounts = accountsOf(profile),
                PromptTokens = hold.Prompt,
                MaxNewTokens = hold.Most,
                AdmittedAt = UnixTime.FromMicroseconds(hold.At),
                Allowance = hold.Allowance,
                MarkedTokens = hold.Marked,
                HeldNanos = hold.Held,
                CountedTokens = hold.Counted,
                CountedAtTicks = limitTicks,
            };
        })];
    }

    /// <summary>Binds a request's id.</summary>
    public static void BindId(PreparedStatement statement, int position, Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        statement.Bind(position, bytes);
    }
}
