using CsCheck;
using Lazuli.Billing;
using Lazuli.Contracts;
using Lazuli.Storage;

namespace Lazuli.Platform.Tests;

public abstract class CreditTests(DatabaseKind kind) : IAsyncLifetime
{
    internal static readonly PartyId Acme = new("acme");
    internal static readonly PartyId Seller = new("seller");
    private static readonly DateTimeOffset s_start = new(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);

    private MoneyFixture _fixture = null!;
    private CreditBook _credits = null!;

    public async ValueTask InitializeAsync()
    {
        _fixture = await MoneyFixture.OpenAsync(kind);
        _credits = new CreditBook(_fixture.Money, _fixture.Time);
    }

    public async ValueTask DisposeAsync()
    {
        if (_fixture is not null)
        {
            await _fixture.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }

    [Fact]
    public void Credit_is_used_by_priority_then_expiry_then_age()
    {
        CreditBalance[] credits =
        [
            new(Credit("old", 10), 0, 0),
            new(Credit("late", 10) with { ExpiresAt = s_start.AddDays(9) }, 0, 0),
            new(Credit("soon", 10) with { ExpiresAt = s_start.AddDays(2) }, 0, 0),
            new(Credit("first", 10) with { Priority = 1 }, 4, 0),
            new(Credit("new", 10), 0, 0),
            new(Credit("future", 10) with { From = s_start.AddDays(1), Priority = 0 }, 0, 0),
        ];
        Assert.Equal([("first", 6L), ("soon", 10L), ("late", 10L), ("old", 4L)], CreditOrder.Use(credits, 30, s_start).Select(part => (part.Credit.Grant.Id, part.Nanos)));
    }

    [Fact]
    public async Task Credit_pays_what_is_accrued_and_the_rest_expires_as_breakage()
    {
        await _credits.GrantAsync(Credit("c", 100) with { ExpiresAt = s_start.AddDays(1) }, default);
        await _credits.GrantAsync(Credit("c", 100) with { ExpiresAt = s_start.AddDays(1) }, default);
        await _fixture.AppendAsync(_fixture.Transfer("use", LedgerAccount.Accrued(Acme, Seller), LedgerAccount.Earnings(Seller), 30));
        Assert.Equal(30, await _credits.ApplyAsync(Acme, Seller, MoneyFixture.Euro, default));
        Assert.Equal(0, await _credits.ApplyAsync(Acme, Seller, MoneyFixture.Euro, default));
        _fixture.Time.Advance(TimeSpan.FromDays(1));
        Assert.Equal(1, await _credits.ExpireAsync(default));
        Assert.Equal(0, await _credits.ExpireAsync(default));
        CreditBalance left = Assert.Single(await _credits.ListAsync(Acme, default));
        Assert.Equal((30L, 70L, 0L), (left.UsedNanos, left.ExpiredNanos, left.LeftNanos));
        Assert.Equal([("breakage:seller", 70L), ("cash:seller", 100L), ("customer:acme:accrued:seller", 0L), ("customer:acme:prepaid:seller", 0L), ("earnings:seller", 30L)],
            (await _fixture.Ledger.BalancesAsync("", default)).Select(balance => (balance.Account, balance.Balance.Nanos)));
    }

    [Fact]
    public async Task Use_accrued_before_anybody_looked_is_paid_before_the_credit_expires()
    {
        await _credits.GrantAsync(Credit("c", 100) with { ExpiresAt = s_start.AddDays(1) }, default);
        await _fixture.AppendAsync(_fixture.Transfer("use", LedgerAccount.Accrued(Acme, Seller), LedgerAccount.Earnings(Seller), 60));
        _fixture.Time.Advance(TimeSpan.FromDays(2));
        await _credits.ExpireAsync(default);
        Assert.Equal(60, (await _credits.ListAsync(Acme, default))[0].UsedNanos);
    }

    [Fact]
    public async Task Promotional_credit_that_expires_is_no_income()
    {
        await _credits.GrantAsync(Credit("c", 100) with { Kind = CreditKind.Promotional, ExpiresAt = s_start.AddDays(1) }, default);
        _fixture.Time.Advance(TimeSpan.FromDays(2));
        await _credits.ExpireAsync(default);
        Assert.Empty(await _fixture.Ledger.BalancesAsync("breakage:", default));
        Assert.Equal(0, (await _fixture.Ledger.BalancesAsync("credit-given:", default))[0].Balance.Nanos);
    }

    [Fact]
    public async Task Credit_of_one_seller_does_not_pay_another()
    {
        await _credits.GrantAsync(Credit("c", 100), default);
        await _fixture.AppendAsync(_fixture.Transfer("use", LedgerAccount.Accrued(Acme, new PartyId("other")), LedgerAccount.Earnings(new PartyId("other")), 60));
        Assert.Equal(0, await _credits.ApplyAsync(Acme, Seller, MoneyFixture.Euro, default));
        Assert.Equal(0, await _credits.ApplyAsync(Acme, new PartyId("other"), MoneyFixture.Euro, default));
    }

    [Fact]
    public async Task Credit_that_contradicts_itself_or_another_is_refused()
    {
        await _credits.GrantAsync(Credit("c", 100), default);
        Assert.Equal(BillingRefusal.Conflict, (await Assert.ThrowsAsync<BillingRefusedException>(() => _credits.GrantAsync(Credit("c", 101), default))).Code);
        await Assert.ThrowsAsync<BillingRefusedException>(() => _credits.GrantAsync(Credit("d", 0), default));
        await Assert.ThrowsAsync<BillingRefusedException>(() => _credits.GrantAsync(Credit("d", 1) with { ExpiresAt = s_start }, default));
        await Assert.ThrowsAsync<BillingRefusedException>(() => _credits.GrantAsync(Credit("d", 1) with { Priority = 101 }, default));
        await Assert.ThrowsAsync<BillingRefusedException>(() => _credits.GrantAsync(Credit("d", 1) with { Issuer = Acme }, default));
        Assert.Single(await _credits.ListAsync(null, default));
    }

    internal static CreditGrant Credit(string id, long nanos) => new()
    {
        Id = id,
        Party = Acme,
        Issuer = Seller,
        Kind = CreditKind.Paid,
        Amount = new Money(nanos, MoneyFixture.Euro),
        From = s_start,
    };
}

public sealed class CreditSqliteTests() : CreditTests(DatabaseKind.Sqlite)
{
    [Fact]
    public void Used_expired_and_left_always_sum_to_what_was_given() =>
        Gen.Select(Gen.Int[0, 2], Gen.Long[1, 500], Gen.Int[1, 60]).Array[1, 15].Sample(
            steps =>
            {
                using var fixture = new MoneyFixture();
                var credits = new CreditBook(fixture.Money, fixture.Time);
                for (int i = 0; i < steps.Length; i++)
                {
                    (int what, long nanos, int hours) = steps[i];
                    Task step = what switch
                    {
                        0 => credits.GrantAsync(Credit("c" + i, nanos) with { From = fixture.Time.GetUtcNow(), ExpiresAt = fixture.Time.GetUtcNow().AddHours(hours), Priority = hours }, default),
                        1 => fixture.AppendAsync(fixture.Transfer("u" + i, LedgerAccount.Accrued(Acme, Seller), LedgerAccount.Earnings(Seller), nanos)),
                        _ => credits.ExpireAsync(default),
                    };
                    step.GetAwaiter().GetResult();
                    credits.ApplyAsync(Acme, Seller, MoneyFixture.Euro, default).GetAwaiter().GetResult();
                    fixture.Time.Advance(TimeSpan.FromHours(hours / 3));
                }

                IReadOnlyList<CreditBalance> all = credits.ListAsync(Acme, default).Result;
                Assert.All(all, credit => Assert.True(credit.LeftNanos >= 0));
                Dictionary<string, long> balances = fixture.Ledger.BalancesAsync("", default).Result.ToDictionary(balance => balance.Account, balance => balance.Balance.Nanos);
                Assert.Equal(all.Sum(credit => credit.LeftNanos), balances.GetValueOrDefault("customer:acme:prepaid:seller"));
                Assert.True(balances.GetValueOrDefault("customer:acme:accrued:seller") >= 0);
                Assert.True(fixture.Ledger.VerifyAsync(default).Result.Holds);
            },
            iter: 15);
}

public sealed class CreditPostgresTests() : CreditTests(DatabaseKind.Postgres);
