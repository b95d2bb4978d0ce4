using CsCheck;
using Lazuli.Billing;
using Lazuli.Contracts;
using static Lazuli.Platform.Tests.Billing.BookSamples;

namespace Lazuli.Platform.Tests.Billing;

/// <summary>When a budget's marks are told, against plain percentages.</summary>
public sealed class BudgetMarkTests
{
    [Fact]
    public void A_mark_is_reached_at_exactly_its_share_of_any_limit() => Gen.Select(Gen.Long[0, long.MaxValue], Gen.Long[0, long.MaxValue]).Sample((limit, spent) =>
    {
        spent = Math.Min(spent, limit == long.MaxValue ? limit : limit + 1);
        Assert.Equal(Reference(limit, spent), BudgetMarks.Reached(limit, spent));
    });

    [Fact]
    public void Near_a_mark_every_unit_counts()
    {
        for (long limit = 0; limit < 60; limit++)
        {
            for (long spent = -2; spent < 130; spent++)
            {
                Assert.Equal(Reference(limit, spent), BudgetMarks.Reached(limit, spent));
            }
        }
    }

    [Fact]
    public void Whatever_the_order_of_charges_each_mark_is_told_once_a_period_and_none_below_it() =>
        Gen.Select(Gen.Long[1, 4000], Gen.Long[1, 9000], Gen.Bool, Gen.Select(Gen.Int[0, 40], Gen.Int[0, 60], Gen.Double[0, 30], Gen.Int[0, 3]).Array[1, 150]).Sample((day, month, isHard, steps) =>
        {
            AccountState account = Account(new AccountLimits { SpendPerDay = new SpendLimit(new Money(day, Euro), isHard), SpendPerMonth = new SpendLimit(new Money(month, Euro), isHard) });
            var told = new HashSet<(string Period, int Bit)>();
            var live = new List<Hold>();
            double seconds = 0;
            foreach ((int prompt, int most, double wait, int ends) in steps)
            {
                seconds += wait * wait * wait;
                AdmissionMoment now = At(seconds);
                account.Advance(now);
                bool ranShort = false;
                switch (AdmissionBook.Admit(Guid.CreateVersion7(), Profile, [account], prompt, most, 16, now))
                {
                    case AdmissionAnswer.Admitted(var hold):
                        live.Add(hold);
                        break;
                    case AdmissionAnswer.Refused { ShortOf: { } refused }:
                        refused.RunShort();
                        ranShort = true;
                        break;
                }

                for (int i = 0; i < ends && live.Count > 0; i++)
                {
                    AdmissionBook.Settle(live[0], new ChargedTokens(live[0].PromptTokens, 0, live[0].Allowance), now);
                    live.RemoveAt(0);
                }

                CheckTold(account.TakeBudgetNews(), account, (day, month), now, ranShort, told);
                Assert.False(account.HasBudgetNews);
            }
        }, iter: 2000);

    [Fact]
    public void A_raised_budget_is_told_again_when_it_is_reached_again_and_one_that_stays_is_not()
    {
        AccountState account = Account(new AccountLimits { SpendPerDay = Soft(100), SpendPerMonth = Soft(1000) });
        account.SpentDayNanos = account.SpentMonthNanos = 100;
        Assert.Equal(BudgetMarks.Day, account.TakeBudgetNews());
        Change(account, account.Limits with { SpendPerDay = Soft(200) });
        Assert.Equal(0, account.TakeBudgetNews()); // half of it was told before
        account.SpentDayNanos = account.SpentMonthNanos = 160;
        Assert.Equal(2, account.TakeBudgetNews());
        Change(account, account.Limits with { RequestsPerMinute = 5 });
        account.SpentDayNanos = 170;
        Assert.Equal(0, account.TakeBudgetNews());
        Change(account, account.Limits with { SpendPerDay = Soft(150) });
        Assert.Equal(4, account.TakeBudgetNews()); // lowered below the spend: told at once
    }

    [Fact]
    public void A_hard_budget_that_pays_for_nothing_more_is_at_its_end_and_another_day_begins_anew()
    {
        AccountState account = Account(new AccountLimits { SpendPerDay = Hard(105) });
        Hold hold = Held(Admit([account], 0, 10, 0));
        Assert.Equal(0, account.TakeBudgetNews());
        Assert.Null(AdmissionBook.Extend(hold, 10, At(0)));
        AdmissionBook.Settle(hold, new ChargedTokens(0, 0, 10), At(1));
        Assert.Equal(3, account.TakeBudgetNews()); // 100 of 105
        Assert.Same(account, Assert.IsType<AdmissionAnswer.Refused>(Admit([account], 0, 10, 2)).ShortOf);
        account.RunShort();
        Assert.Equal(4, account.TakeBudgetNews());
        account.RunShort();
        Assert.Equal(0, account.TakeBudgetNews());
        account.Advance(At(86_400));
        Assert.Equal(0, account.BudgetsTold);
        Assert.Equal(0, account.TakeBudgetNews());
    }

    [Fact]
    public void A_hard_budget_that_ends_an_answer_is_at_its_end_and_one_that_others_hold_for_now_is_not()
    {
        AccountState account = Account(new AccountLimits { SpendPerDay = Hard(195), SpendPerMonth = Hard(1000) });
        Hold first = Held(Admit([account], 0, 50, 0, chunk: 8));
        Hold second = Held(Admit([account], 0, 50, 0, chunk: 8));
        Assert.Null(AdmissionBook.Extend(first, 16, At(1)));
        Assert.Same(account, AdmissionBook.Extend(first, 24, At(1))); // waits for the second
        Assert.False(account.HasBudgetNews);
        Assert.Null(AdmissionBook.Extend(second, 16, At(1))); // the last one to come goes without
        Assert.Equal(BudgetMarks.DayWhole, account.TakeBudgetNews());
    }

    private static void CheckTold(int news, AccountState account, (long Day, long Month) limits, AdmissionMoment now, bool ranShort, HashSet<(string, int)> told)
    {
        for (int bit = 0; bit < 6; bit++)
        {
            bool isMonth = bit >= BudgetMarks.MonthShift;
            string period = now.Utc.ToString(isMonth ? "yyyy-MM" : "yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
            bool isReached = ((isMonth ? Reference(limits.Month, account.SpentMonthNanos) << BudgetMarks.MonthShift : Reference(limits.Day, account.SpentDayNanos)) & (1 << bit)) != 0;
            if ((news & (1 << bit)) != 0)
            {
                Assert.True(told.Add((period, bit)), "Told twice in one period.");
                Assert.True(isReached || (ranShort && bit % BudgetMarks.MonthShift == 2), "Told before it was reached.");
            }
            else
            {
                Assert.True(!isReached || told.Contains((period, bit)), "Reached, and not told.");
            }
        }
    }

    private static int Reference(long limit, long spent)
    {
        int marks = 0;
        for (int i = 0; i < 3; i++)
        {
            marks |= spent > 0 && (Int128)spent * 100 >= (Int128)limit * BudgetMarks.Percentages[i] ? 1 << i : 0;
        }

        return marks;
    }

    private static void Change(AccountState account, AccountLimits limits)
    {
        AccountLimits before = account.Limits;
        account.Limits = limits;
        account.RearmBudgets(before);
    }

    private static SpendLimit Soft(long nanos) => new(new Money(nanos, Euro), IsHard: false);
}
