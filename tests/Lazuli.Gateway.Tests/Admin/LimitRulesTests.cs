using CsCheck;
using Lazuli.Contracts;

namespace Lazuli.Gateway.Tests;

public sealed class LimitRulesTests
{
    private static readonly Gen<long?> s_limit = Gen.Frequency((1, Gen.Const((long?)null)), (4, Gen.Long[0, 5].Select(value => (long?)value)));

    private static readonly Gen<SpendLimit?> s_spend = Gen.Frequency(
        (1, Gen.Const((SpendLimit?)null)),
        (4, Gen.Select(Gen.Long[0, 5], Gen.Bool).Select((nanos, hard) => (SpendLimit?)new SpendLimit(new Money(nanos, new Currency("EUR")), hard))));

    private static readonly Gen<AccountLimits> s_limits = Gen.Select(s_limit, s_limit, s_limit, s_limit, s_limit, s_spend, s_spend).Select((a, b, c, d, e, day, month) =>
        new AccountLimits { RequestsPerMinute = a, TokensPerMinute = b, RequestsPerDay = c, TokensPerDay = d, Concurrency = e, SpendPerDay = day, SpendPerMonth = month });

    [Fact]
    public void Limits_are_no_looser_than_themselves_and_none_is_looser_than_no_limit() => s_limits.Sample(limits =>
        LimitRules.IsNoLooser(limits, limits) && LimitRules.IsNoLooser(limits, AccountLimits.None));

    [Fact]
    public void Tightening_twice_is_tightening() => Gen.Select(s_limits, s_limits, s_limits).Sample((a, b, c) =>
        !LimitRules.IsNoLooser(b, a) || !LimitRules.IsNoLooser(c, b) || LimitRules.IsNoLooser(c, a));

    [Fact]
    public void What_is_no_looser_allows_nothing_that_was_refused() => Gen.Select(s_limits, s_limits, Gen.Long[0, 6], Gen.Long[0, 6]).Sample((after, before, asked, spent) =>
        !LimitRules.IsNoLooser(after, before) || !Allows(after, asked, spent) || Allows(before, asked, spent));

    [Fact]
    public void A_hard_budget_stays_hard_and_keeps_its_currency_and_credit_is_left_alone()
    {
        var hard = new AccountLimits { SpendPerDay = new SpendLimit(new Money(5, new Currency("EUR")), IsHard: true) };
        Assert.False(LimitRules.IsNoLooser(hard with { SpendPerDay = hard.SpendPerDay! with { IsHard = false } }, hard));
        Assert.False(LimitRules.IsNoLooser(hard with { SpendPerDay = hard.SpendPerDay! with { Amount = new Money(1, new Currency("JPY")) } }, hard));
        Assert.False(LimitRules.IsNoLooser(hard with { PrepaidIn = new Currency("EUR") }, hard));
        Assert.False(LimitRules.IsNoLooser(hard, hard with { PrepaidIn = new Currency("EUR") }));
        Assert.False(LimitRules.IsNoLooser(hard, hard with { PrepaidWith = PartyId.Lab }));
    }

    private static bool Allows(AccountLimits limits, long asked, long spent) =>
        !(asked > limits.RequestsPerMinute || asked > limits.TokensPerMinute || asked > limits.RequestsPerDay || asked > limits.TokensPerDay || asked > limits.Concurrency ||
          (limits.SpendPerDay is { IsHard: true } day && spent > day.Amount.Nanos) || (limits.SpendPerMonth is { IsHard: true } month && spent > month.Amount.Nanos));
}
