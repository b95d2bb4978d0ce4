using Lazuli.Contracts;
using Lazuli.Storage;

namespace Lazuli.Billing;

/// <summary>Changes of limits and credit, as parts of a batch.</summary>
internal static class AccountChanges
{
    /// <summary>Sets limits; an account that is new, or changes its currency, counts what was spent from the day's and the month's beginning on.</summary>
    public static bool SetLimits(AdmissionMemory memory, LimitSubject subject, AccountLimits limits, Currency? currency)
    {
        AccountState account = memory.AccountOf(subject);
        account.Advance(memory.Now);
        if (currency is not null && account.Currency != currency)
        {
            if (account.HeldNanos > 0 || account.CreditNanos > account.CreditSpentNanos)
            {
                throw new ArgumentException($"{subject} has running requests or credit in {account.Currency}; wait for them, or use the credit up, before the limits change to {currency}.", nameof(limits));
            }

            account.CreditNanos = 0;
            account.CreditSpentNanos = 0;
            account.SpentDayNanos = Spent(memory, subject, currency.Value, memory.Now.Utc.UtcDateTime.Date);
            account.SpentMonthNanos = Spent(memory, subject, currency.Value, new DateTime(memory.Now.Utc.Year, memory.Now.Utc.Month, 1, 0, 0, 0, DateTimeKind.Utc));
        }

        if (limits.PrepaidWith is { } seller && seller != account.Limits.PrepaidWith && account.CreditNanos > account.CreditSpentNanos)
        {
            throw new ArgumentException($"{subject} has credit with {account.Limits.PrepaidWith?.Value ?? "any seller"} that is not used up; it cannot become {seller}'s. Use it up or take it off first.", nameof(limits));
        }

        AccountLimits before = account.Limits;
        account.Limits = limits;
        account.Currency = currency ?? account.Currency;
        account.RearmBudgets(before);
        AdmissionRows.UpdateLimits(memory.Transaction, account);
        memory.Change(account);
        return true;
    }

    /// <summary>Adds credit, or takes some away, once an id.</summary>
    public static bool AddCredit(AdmissionMemory memory, LimitSubject subject, string id, Money amount)
    {
        if (!memory.Accounts.TryGetValue(subject, out AccountState? account) || account.Limits.PrepaidIn != amount.Currency)
        {
            throw new ArgumentException($"{subject} has no prepaid account in {amount.Currency}; set its limits first.", nameof(subject));
        }

        IReadOnlyList<long> before = memory.Transaction.Query<long>("SELECT nanos FROM admission_credits WHERE id = @id AND account = @account", new { id, account = account.Id });
        if (before.Count > 0)
        {
            return before[0] == amount.Nanos
                ? true
                : throw new ArgumentException($"The credit {id} was {new Money(before[0], amount.Currency)} before and is {amount} now; one id names one change.", nameof(amount));
        }

        if (memory.Transaction.Scalar<long>("SELECT count(*) FROM admission_credits WHERE id = @id", new { id }) > 0)
        {
            throw new ArgumentException($"The id {id} names credit of another account; one id names one change.", nameof(id));
        }

        long free = account.CreditNanos - account.CreditSpentNanos - account.HeldNanos;
        if (amount.Nanos < -free || amount.Nanos > long.MaxValue / 2 - account.CreditNanos)
        {
            throw new ArgumentException($"{subject} has {new Money(free, amount.Currency)} of credit that is neither spent nor held; {amount} cannot be added.", nameof(amount));
        }

        memory.Transaction.Execute(
            "INSERT INTO admission_credits (id, account, nanos, at) VALUES (@id, @account, @nanos, @at)",
            new { id, account = account.Id, nanos = amount.Nanos, at = StoredTime.Format(memory.Now.Utc) });
        account.CreditNanos += amount.Nanos;
        memory.Change(account);
        return true;
    }

    private static long Spent(AdmissionMemory memory, LimitSubject subject, Currency currency, DateTime since)
    {
        string whose = subject.Kind switch
        {
            LimitSubjectKind.Key => "p.key = @id",
            LimitSubjectKind.Project => "p.project = @id",
            LimitSubjectKind.Party => "p.party = @id",
            _ => "' ' || p.grant_chain || ' ' LIKE '% ' || @id || ' %'",
        };
        long from = new DateTimeOffset(since, TimeSpan.Zero).ToUnixTimeSeconds();
        var values = new { id = subject.Id, currency = currency.Code, from, fromUs = from * 1_000_000 };
        return memory.Transaction.Scalar<long>(
                $"SELECT CAST(COALESCE(SUM(s.charge_nanos), 0) AS BIGINT) FROM meter_sums s JOIN meter_profiles p ON p.id = s.profile WHERE {whose} AND p.currency = @currency AND s.event_interval_s >= @from",
                values)
            + memory.Transaction.Scalar<long>(
                $"""
                SELECT CAST(COALESCE(SUM(e.charge_nanos), 0) AS BIGINT) FROM {UsageSql.Unsummed}
                WHERE {UsageSql.IsUnsummed} AND {whose} AND p.currency = @currency AND e.at_us >= @fromUs
                """,
                values);
    }
}
