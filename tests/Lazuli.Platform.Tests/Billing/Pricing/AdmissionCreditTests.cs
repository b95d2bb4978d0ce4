using Lazuli.Billing;
using Lazuli.Contracts;

namespace Lazuli.Platform.Tests;

public sealed class AdmissionCreditTests : IDisposable
{
    private readonly MoneyFixture _fixture = new();
    private readonly Accounts _accounts = new();
    private readonly CreditBook _credits;

    public AdmissionCreditTests() => _credits = new CreditBook(_fixture.Money, _fixture.Time, _accounts);

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task Credit_given_is_credit_that_admission_counts_and_expired_credit_is_taken_off_once_it_is_free()
    {
        await _credits.GrantAsync(Credit("a", 100) with { ExpiresAt = _fixture.Time.GetUtcNow().AddDays(1) }, default);
        await _credits.GrantAsync(Credit("a", 100) with { ExpiresAt = _fixture.Time.GetUtcNow().AddDays(1) }, default);
        await _credits.GrantAsync(Credit("later", 7) with { From = _fixture.Time.GetUtcNow().AddDays(2) }, default);
        Assert.Equal(100, _accounts.Credit);
        _fixture.Time.Advance(TimeSpan.FromDays(1));
        _accounts.Held = 30;
        await _credits.ExpireAsync(default);
        Assert.Equal(100, _accounts.Credit);
        _accounts.Held = 0;
        await _credits.ExpireAsync(default);
        Assert.Equal(0, _accounts.Credit);
        _fixture.Time.Advance(TimeSpan.FromDays(1));
        await _credits.ExpireAsync(default);
        Assert.Equal(7, _accounts.Credit);
    }

    [Fact]
    public async Task Who_needs_no_credit_gets_no_account()
    {
        _accounts.PrepaidIn = null;
        await _credits.GrantAsync(Credit("a", 100), default);
        Assert.Equal(0, _accounts.Credit);
        _accounts.PrepaidIn = MoneyFixture.Euro;
        await _credits.ExpireAsync(default);
        Assert.Equal(100, _accounts.Credit);
    }

    [Fact]
    public async Task Only_the_credit_of_the_seller_that_the_account_is_prepaid_with_counts()
    {
        _accounts.PrepaidWith = new PartyId("other");
        await _credits.GrantAsync(Credit("a", 100), default);
        Assert.Equal(0, _accounts.Credit);
        await _credits.GrantAsync(Credit("b", 50) with { Issuer = new PartyId("other") }, default);
        Assert.Equal(50, _accounts.Credit);
    }

    private CreditGrant Credit(string id, long nanos) => CreditTests.Credit(id, nanos) with { From = _fixture.Time.GetUtcNow() };

    /// <summary>One party's account.</summary>
    private sealed class Accounts : IAccountLimits
    {
        private readonly Dictionary<string, long> _changes = [];

        public Currency? PrepaidIn { get; set; } = MoneyFixture.Euro;

        public PartyId? PrepaidWith { get; set; }

        public long Held { get; set; }

        public long Credit => _changes.Values.Sum();

        public Task SetAsync(LimitSubject subject, AccountLimits limits, CancellationToken cancellationToken) => throw new InvalidOperationException();

        public Task AddCreditAsync(LimitSubject subject, string id, Money amount, CancellationToken cancellationToken)
        {
            if (!_changes.ContainsKey(id) && amount.Nanos < Held - Credit)
            {
                throw new ArgumentException("held");
            }

            _changes.TryAdd(id, amount.Nanos);
            return Task.CompletedTask;
        }

        public Task<AccountStanding?> FindAsync(LimitSubject subject, CancellationToken cancellationToken) => throw new InvalidOperationException();

        public Task<IReadOnlyList<AccountStanding>> ListAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<AccountStanding>>(
        [
            new AccountStanding
            {
                Subject = LimitSubject.Party(CreditTests.Acme),
                Limits = new AccountLimits { PrepaidIn = PrepaidIn, PrepaidWith = PrepaidWith },
                Running = 0,
                Currency = PrepaidIn,
                HeldNanos = Held,
                SpentTodayNanos = 0,
                SpentThisMonthNanos = 0,
                CreditNanos = Credit,
                CreditSpentNanos = 0,
            },
        ]);
    }
}
