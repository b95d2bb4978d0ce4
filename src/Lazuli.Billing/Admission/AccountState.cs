using System.Globalization;
using Lazuli.Contracts;

namespace Lazuli.Billing;

/// <summary>An account with limits, and what counts against them. For one thread; changed by <see cref="AdmissionBook"/> only.</summary>
internal sealed class AccountState(long id, LimitSubject subject)
{
    private const int MinuteParts = 12;
    private const int DayParts = 24;

    private byte[]? _windows;
    private int _ranShort; // marks at 100 % that no spend has reached, but that refuse

    /// <summary>Its row.</summary>
    public long Id { get; } = id;

    /// <summary>Whose it is.</summary>
    public LimitSubject Subject { get; } = subject;

    /// <summary>The limits in force.</summary>
    public AccountLimits Limits { get; set; } = AccountLimits.None;

    /// <summary>Currency of all amounts; null while no limit is about money.</summary>
    public Currency? Currency { get; set; }

    /// <summary>Requests running.</summary>
    public long Running { get; set; }

    /// <summary>Of them, waiting for more money; not kept over a restart, where nobody waits.</summary>
    public long Waiting { get; set; }

    /// <summary>Held for running requests, in nano-units.</summary>
    public long HeldNanos { get; set; }

    /// <summary>Day that <see cref="SpentDayNanos"/> is of.</summary>
    public int Day { get; set; }

    /// <summary>Charged on that day.</summary>
    public long SpentDayNanos { get; set; }

    /// <summary>Month that <see cref="SpentMonthNanos"/> is of.</summary>
    public int Month { get; set; }

    /// <summary>Charged in that month.</summary>
    public long SpentMonthNanos { get; set; }

    /// <summary>Prepaid so far.</summary>
    public long CreditNanos { get; set; }

    /// <summary>Of it charged.</summary>
    public long CreditSpentNanos { get; set; }

    /// <summary>Marks of the running day's and month's budgets that were told, as <see cref="BudgetMarks"/>.</summary>
    public int BudgetsTold { get; set; }

    /// <summary>Whether marks are reached and not told.</summary>
    public bool HasBudgetNews => ((BudgetsReached() | _ranShort) & ~BudgetsTold) != 0;

    /// <summary>Requests of the last minute.</summary>
    public SlidingWindow RequestsMinute { get; } = new(TimeSpan.FromMinutes(1), MinuteParts);

    /// <summary>Tokens of the last minute.</summary>
    public SlidingWindow TokensMinute { get; } = new(TimeSpan.FromMinutes(1), MinuteParts);

    /// <summary>Requests of the last 24 hours.</summary>
    public SlidingWindow RequestsDay { get; } = new(TimeSpan.FromDays(1), DayParts);

    /// <summary>Tokens of the last 24 hours.</summary>
    public SlidingWindow TokensDay { get; } = new(TimeSpan.FromDays(1), DayParts);

    /// <summary>Brings windows and days up to a moment.</summary>
    public void Advance(in AdmissionMoment now)
    {
        RequestsMinute.Advance(now.LimitTicks);
        TokensMinute.Advance(now.LimitTicks);
        RequestsDay.Advance(now.LimitTicks);
        TokensDay.Advance(now.LimitTicks);
        if (now.Day > Day)
        {
            (Day, SpentDayNanos) = (now.Day, 0);
            (BudgetsTold, _ranShort) = (BudgetsTold & ~BudgetMarks.Day, _ranShort & ~BudgetMarks.Day);
        }

        if (now.Month > Month)
        {
            (Month, SpentMonthNanos) = (now.Month, 0);
            (BudgetsTold, _ranShort) = (BudgetsTold & ~BudgetMarks.Month, _ranShort & ~BudgetMarks.Month);
        }
    }

    /// <summary>What hard budgets and credit leave, holds taken off; null where none is set. Call <see cref="Advance"/> before.</summary>
    public long? AvailableNanos()
    {
        long? available = null;
        if (Limits.SpendPerDay is { IsHard: true } day)
        {
            available = day.Amount.Nanos - SpentDayNanos - HeldNanos;
        }

        if (Limits.SpendPerMonth is { IsHard: true } month)
        {
            available = Math.Min(available ?? long.MaxValue, month.Amount.Nanos - SpentMonthNanos - HeldNanos);
        }

        if (Limits.PrepaidIn is not null)
        {
            available = Math.Min(available ?? long.MaxValue, CreditNanos - CreditSpentNanos - HeldNanos);
        }

        return available;
    }

    /// <summary>Something was not paid for: the hard budget that is the tightest refuses from now on, however much of it is spent.</summary>
    public void RunShort()
    {
        long? available = AvailableNanos();
        if (Limits.SpendPerDay is { IsHard: true } day && day.Amount.Nanos - SpentDayNanos - HeldNanos == available)
        {
            _ranShort |= BudgetMarks.DayWhole;
        }

        if (Limits.SpendPerMonth is { IsHard: true } month && month.Amount.Nanos - SpentMonthNanos - HeldNanos == available)
        {
            _ranShort |= BudgetMarks.DayWhole << BudgetMarks.MonthShift;
        }
    }

    /// <summary>Marks that are reached and not told, which from now on are.</summary>
    public int TakeBudgetNews()
    {
        int news = (BudgetsReached() | _ranShort) & ~BudgetsTold;
        BudgetsTold |= news;
        _ranShort = 0; // told, or told before
        return news;
    }

    /// <summary>After a change of limits: what a changed budget has not reached will be told when it does, again if it was before.</summary>
    public void RearmBudgets(AccountLimits before)
    {
        int changed = (before.SpendPerDay == Limits.SpendPerDay ? 0 : BudgetMarks.Day) | (before.SpendPerMonth == Limits.SpendPerMonth ? 0 : BudgetMarks.Month);
        _ranShort &= ~changed;
        BudgetsTold &= ~changed | BudgetsReached();
    }

    /// <summary>Which limit on money is the tightest, and how it stands, for people.</summary>
    public (AdmissionRefusal Code, string Reason) ExplainMoney()
    {
        long available = AvailableNanos() ?? 0;
        if (Limits.PrepaidIn is not null && CreditNanos - CreditSpentNanos - HeldNanos == available)
        {
            return (AdmissionRefusal.Credit, $"Prepaid credit of {Subject} does not cover it: {Text(CreditNanos)} given, {Text(CreditSpentNanos)} spent, {Text(HeldNanos)} held for running requests.");
        }

        return Limits.SpendPerDay is { IsHard: true } day && day.Amount.Nanos - SpentDayNanos - HeldNanos == available
            ? (AdmissionRefusal.Budget, $"The budget of {Subject} for today does not cover it: limit {day.Amount}, settled {Text(SpentDayNanos)}, held {Text(HeldNanos)} for running requests.")
            : (AdmissionRefusal.Budget, $"The budget of {Subject} for this month does not cover it: limit {Limits.SpendPerMonth?.Amount}, settled {Text(SpentMonthNanos)}, held {Text(HeldNanos)} for running requests.");
    }

    /// <summary>What others see.</summary>
    public AccountStanding Standing() => new()
    {
        Subject = Subject,
        Limits = Limits,
        Running = Running,
        Currency = Currency,
        HeldNanos = HeldNanos,
        SpentTodayNanos = SpentDayNanos,
        SpentThisMonthNanos = SpentMonthNanos,
        CreditNanos = CreditNanos,
        CreditSpentNanos = CreditSpentNanos,
    };

    /// <summary>The windows as its row keeps them; valid until the next call.</summary>
    public ReadOnlySpan<byte> WriteWindows()
    {
        _windows ??= new byte[RequestsMinute.WrittenLength + TokensMinute.WrittenLength + RequestsDay.WrittenLength + TokensDay.WrittenLength];
        TokensDay.Write(RequestsDay.Write(TokensMinute.Write(RequestsMinute.Write(_windows))));
        return _windows;
    }

    /// <summary>Reads them back.</summary>
    public void ReadWindows(ReadOnlySpan<byte> windows) => TokensDay.Read(RequestsDay.Read(TokensMinute.Read(RequestsMinute.Read(windows))));

    private string Text(long nanos) => string.Create(CultureInfo.InvariantCulture, $"{new Money(nanos, Currency ?? default)}");

    private int BudgetsReached() =>
        (Limits.SpendPerDay is { } day ? BudgetMarks.Reached(day.Amount.Nanos, SpentDayNanos) : 0) |
        (Limits.SpendPerMonth is { } month ? BudgetMarks.Reached(month.Amount.Nanos, SpentMonthNanos) << BudgetMarks.MonthShift : 0);
}
