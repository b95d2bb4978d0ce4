using Lazuli.Billing;
using Lazuli.Contracts;
using static Lazuli.Platform.Tests.Billing.BookSamples;

namespace Lazuli.Platform.Tests.Billing;

public sealed class AdmissionBookTests
{
    [Fact]
    public void Holds_the_prompt_and_a_chunk_and_charges_what_was_used()
    {
        AccountState account = Account(new AccountLimits { SpendPerDay = Hard(10_000) });
        Hold hold = Held(Admit([account], 100, 1000, 0));
        Assert.Equal((64, 840), (hold.Allowance, hold.HeldNanos));
        Assert.Equal(840, account.HeldNanos);
        Assert.Null(AdmissionBook.Extend(hold, 128, At(1)));
        Assert.Equal((128, 1480), (hold.Allowance, account.HeldNanos));
        Assert.Equal((20 * 1) + (80 * 2) + (90 * 10), AdmissionBook.Settle(hold, new ChargedTokens(100, 20, 90), At(2)).ChargeNanos);
        Assert.Equal((0, 1080, 1080, 0), (account.HeldNanos, account.SpentDayNanos, account.SpentMonthNanos, account.Running));
    }

    [Fact]
    public void Admits_with_fewer_tokens_when_money_runs_short_and_not_at_all_when_none_is_left()
    {
        AccountState account = Account(new AccountLimits { SpendPerMonth = Hard(235) });
        Hold hold = Held(Admit([account], 100, 1000, 0));
        Assert.Equal((3, 230), (hold.Allowance, hold.HeldNanos));
        Assert.Null(AdmissionBook.Extend(hold, 64, At(1))); // nobody else holds anything: no use in waiting
        Assert.Equal(3, hold.Allowance);
        AdmissionBook.Settle(hold, new ChargedTokens(100, 0, 3), At(1));
        AdmissionAnswer.Refused refused = Assert.IsType<AdmissionAnswer.Refused>(Admit([account], 1, 1, 2));
        Assert.Equal(AdmissionRefusal.Budget, refused.Code);
        Assert.Equal("The budget of key key1 for this month does not cover it: limit 0.000000235 EUR, settled 0.00000023 EUR, held 0.00 EUR for running requests.", refused.Reason);
    }

    [Fact]
    public void Waits_for_what_others_hold_only_while_that_could_be_enough()
    {
        AccountState account = Account(new AccountLimits { SpendPerDay = Hard(1000) });
        Hold first = Held(Admit([account], 10, 98, 0, chunk: 98));
        Assert.IsType<AdmissionAnswer.Wait>(Admit([account], 10, 10, 0));
        Assert.IsType<AdmissionAnswer.Refused>(Admit([account], 600, 10, 0)); // more than there ever was
        AdmissionBook.Settle(first, new ChargedTokens(10, 0, 1), At(1));
        Held(Admit([account], 10, 10, 1));
    }

    [Fact]
    public void The_last_stream_to_wait_for_the_others_goes_without()
    {
        AccountState account = Account(new AccountLimits { SpendPerDay = Hard(200) });
        Hold[] holds = [.. Enumerable.Range(0, 2).Select(_ => Held(Admit([account], 0, 100, 0, chunk: 10)))];
        Assert.NotNull(AdmissionBook.Extend(holds[0], 20, At(1)));
        Assert.Null(AdmissionBook.Extend(holds[1], 20, At(1)));
        AdmissionBook.Settle(holds[1], new ChargedTokens(0, 0, 4), At(1));
        Assert.Null(AdmissionBook.Extend(holds[0], 20, At(1)));
        Assert.Equal(16, holds[0].Allowance);
        AdmissionBook.Settle(holds[0], new ChargedTokens(0, 0, 16), At(1));
        Assert.Equal((200, 0, 0, 0), (account.SpentDayNanos, account.HeldNanos, account.Running, account.Waiting));
    }

    [Fact]
    public void A_soft_budget_is_counted_and_refuses_nothing()
    {
        AccountState account = Account(new AccountLimits { SpendPerDay = new SpendLimit(new Money(1, Euro), IsHard: false) });
        AdmissionBook.Settle(Held(Admit([account], 100, 10, 0)), new ChargedTokens(100, 0, 10), At(1));
        Assert.Equal(300, account.SpentDayNanos);
        Held(Admit([account], 100, 10, 1));
    }

    [Fact]
    public void Credit_is_used_up_and_a_new_day_frees_the_budget_but_not_the_month()
    {
        AccountState credit = Account(new AccountLimits { PrepaidIn = Euro }, 1);
        credit.CreditNanos = 1000;
        AccountState day = Account(new AccountLimits { SpendPerDay = Hard(100), SpendPerMonth = Hard(150) }, 2);
        AdmissionBook.Settle(Held(Admit([credit, day], 0, 10, 0)), new ChargedTokens(0, 0, 10), At(1));
        Assert.Equal(AdmissionRefusal.Budget, Assert.IsType<AdmissionAnswer.Refused>(Admit([credit, day], 0, 1, 2)).Code);
        Hold tomorrow = Held(Admit([credit, day], 0, 10, 86_400));
        Assert.Equal(5, tomorrow.Allowance); // the month has 50 left
        AdmissionBook.Settle(tomorrow, new ChargedTokens(0, 0, 5), At(86_401));
        Held(Admit([credit, day], 0, 10, 86_400 * 30));
        Assert.Equal(150, credit.CreditSpentNanos);
        Assert.Equal(AdmissionRefusal.Credit, Assert.IsType<AdmissionAnswer.Refused>(Admit([credit], 800, 1, 86_400 * 60)).Code);
    }

    [Fact]
    public void Credit_with_one_seller_does_not_pay_the_price_of_another()
    {
        AccountState account = Account(new AccountLimits { PrepaidIn = Euro, PrepaidWith = new PartyId("someone-else") });
        account.CreditNanos = 1000;
        AdmissionAnswer.Refused refused = Assert.IsType<AdmissionAnswer.Refused>(Admit([account], 1, 1, 0));
        Assert.Equal((AdmissionRefusal.Credit, "Prepaid credit of key key1 is with someone-else, and this model is sold by seller."), (refused.Code, refused.Reason));
        account.Limits = account.Limits with { PrepaidWith = Prices.Seller };
        Held(Admit([account], 1, 1, 0));
    }

    [Fact]
    public void Everything_is_taken_or_nothing()
    {
        AccountState wide = Account(new AccountLimits { RequestsPerMinute = 10 }, 1);
        AccountState narrow = Account(new AccountLimits { Concurrency = 1 }, 2);
        Hold hold = Held(Admit([wide, narrow], 1, 1, 0));
        AdmissionAnswer.Refused refused = Assert.IsType<AdmissionAnswer.Refused>(Admit([wide, narrow], 1, 1, 0));
        Assert.Equal((AdmissionRefusal.ConcurrencyLimit, 1), (refused.Code, wide.RequestsMinute.Total));
        AdmissionBook.Settle(hold, new ChargedTokens(1, 0, 1), At(0));
        Held(Admit([wide, narrow], 1, 1, 0));
        Assert.Equal(2, wide.RequestsMinute.Total);
    }

    [Fact]
    public void Tokens_not_generated_go_back_to_the_limit_and_the_headers_say_so()
    {
        AccountState account = Account(new AccountLimits { TokensPerMinute = 100, RequestsPerDay = 5 });
        Hold hold = Held(Admit([account], 10, 64, 0));
        Assert.Equal(26, AdmissionBook.Limits([account], At(0)).Tokens!.Remaining);
        Assert.Equal(AdmissionRefusal.TokenLimit, Assert.IsType<AdmissionAnswer.Refused>(Admit([account], 30, 1, 1)).Code);
        AdmissionBook.Settle(hold, new ChargedTokens(10, 0, 5), At(1));
        LimitState limits = AdmissionBook.Limits([account], At(1));
        Assert.Equal((85, 4), (limits.Tokens!.Remaining, limits.Requests!.Remaining));
        Assert.Equal(TimeSpan.FromSeconds(64), limits.Tokens.Reset);
        Held(Admit([account], 30, 1, 1));
    }

    [Fact]
    public void Says_when_a_limit_of_a_minute_is_worth_trying_again()
    {
        AccountState account = Account(new AccountLimits { RequestsPerMinute = 2 });
        Held(Admit([account], 1, 1, 0));
        Held(Admit([account], 1, 1, 20));
        AdmissionAnswer.Refused refused = Assert.IsType<AdmissionAnswer.Refused>(Admit([account], 1, 1, 30));
        Assert.Equal(TimeSpan.FromSeconds(35), refused.RetryAfter);
        Assert.IsType<AdmissionAnswer.Refused>(Admit([account], 1, 1, 64.9));
        Held(Admit([account], 1, 1, 65));
    }

    [Fact]
    public void Of_several_limits_the_one_that_lasts_longest_is_told()
    {
        AccountState key = Account(new AccountLimits { RequestsPerMinute = 1, RequestsPerDay = 1, TokensPerMinute = 500 }, id: 1);
        AccountState project = Account(new AccountLimits { RequestsPerMinute = 1, TokensPerMinute = 60 }, id: 2);
        Held(Admit([key, project], 10, 40, 0));
        AdmissionAnswer.Refused refused = Assert.IsType<AdmissionAnswer.Refused>(Admit([key, project], 10, 40, 1));
        Assert.Contains("in 24 hours", refused.Reason, StringComparison.Ordinal);
        Assert.Equal(TimeSpan.FromSeconds((25 * 3600) - 1), refused.RetryAfter); // a part of the window late, as documented
        LimitState limits = AdmissionBook.Limits([key, project], At(1));
        Assert.Equal(new LimitWindow(1, 0, TimeSpan.FromSeconds((25 * 3600) - 1)), limits.Requests); // three are used up: the day's is the last to open
        Assert.Equal(new LimitWindow(60, 10, TimeSpan.FromSeconds(64)), limits.Tokens);
        Assert.Null(Assert.IsType<AdmissionAnswer.Refused>(Admit([key, project], 61, 40, 2)).RetryAfter); // it never fits, whatever else opens
    }

    [Theory]
    [InlineData(TokenCost.MostTokens + 1, 1)]
    [InlineData(1, long.MaxValue)]
    [InlineData(long.MaxValue, long.MaxValue)]
    public void Counts_beyond_anything_real_are_refused(long prompt, long most)
    {
        AccountState account = Account(new AccountLimits { SpendPerDay = Hard(long.MaxValue) });
        Assert.Equal(AdmissionRefusal.TooLarge, Assert.IsType<AdmissionAnswer.Refused>(Admit([account], prompt, most, 0)).Code);
        Assert.Equal(0, account.HeldNanos);
    }

    [Fact]
    public void A_price_whose_product_overflows_is_refused()
    {
        MeterProfile dear = Profile with { Prices = Prices with { OutputNanos = long.MaxValue } };
        AdmissionAnswer answer = AdmissionBook.Admit(Guid.CreateVersion7(), dear, [], 1_000, 1_000_000, 64, At(0));
        Assert.Equal(AdmissionRefusal.TooLarge, Assert.IsType<AdmissionAnswer.Refused>(answer).Code);
    }

    [Fact]
    public void Another_currency_than_the_budgets_is_refused()
    {
        AccountState account = Account(new AccountLimits { SpendPerDay = new SpendLimit(new Money(1000, new Currency("USD")), IsHard: true) });
        Assert.Contains("USD", Assert.IsType<AdmissionAnswer.Refused>(Admit([account], 1, 1, 0)).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Tokens_beyond_the_hold_are_nobodys_charge_and_are_told()
    {
        AccountState account = Account(new AccountLimits { SpendPerDay = Hard(100) });
        Assert.Equal((100, 50), AdmissionBook.Settle(Held(Admit([account], 0, 50, 0)), new ChargedTokens(0, 0, 15), At(1)));
        Assert.Equal(100, account.SpentDayNanos);
    }
}
