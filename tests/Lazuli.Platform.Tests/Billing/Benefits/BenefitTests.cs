using Lazuli.Billing;
using Lazuli.Contracts;
using Lazuli.Storage;

namespace Lazuli.Platform.Tests;

public abstract class BenefitTests(DatabaseKind kind) : IAsyncLifetime
{
    private const string Rates = """[{"model":"*","meter":"input","scheme":"perUnit","price":"1"},{"model":"*","meter":"output","scheme":"perUnit","price":"2"}]""";
    private static readonly PartyId s_school = new("school");
    private static readonly PartyId s_clinic = new("clinic");

    private InvoiceFixture _fixture = null!;
    private Benefits _benefits = null!;

    public async ValueTask InitializeAsync()
    {
        _fixture = await InvoiceFixture.OpenAsync(kind);
        _benefits = new Benefits(_fixture.Money.Money, _fixture.Usage, _fixture.Usage, _fixture.Invoices, _fixture.Money.Prices, _fixture.Money.Time);
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
    public async Task A_share_of_revenue_becomes_credit_that_expires_once_a_period()
    {
        await InvoiceAsync(100);
        Pledge pledge = Pledge(PledgeBase.Revenue);
        await _benefits.PledgeAsync(pledge, default);
        await _benefits.PledgeAsync(pledge, default);
        IReadOnlyList<CreditGrant> given = await _benefits.AllotAsync("tenth", InvoiceFixture.November, InvoiceFixture.December, default);
        Assert.Equal([("school", 6_666_666_667L), ("clinic", 3_333_333_333)], given.Select(credit => (credit.Party.Value, credit.Amount.Nanos)));
        Assert.Equal(given, await _benefits.AllotAsync("tenth", InvoiceFixture.November, InvoiceFixture.December, default));
        Assert.Equal(10 * Money.NanosPerUnit, await _fixture.BalanceAsync("credit-given:partner"));
        await Assert.ThrowsAsync<BillingRefusedException>(() => _benefits.AllotAsync("tenth", InvoiceFixture.November.AddDays(1), InvoiceFixture.December, default));
        _fixture.Money.Time.Advance(TimeSpan.FromDays(91));
        Assert.Equal(2, await _fixture.Credits.ExpireAsync(default));
        Assert.Equal(0, await _fixture.BalanceAsync("credit-given:partner"));
    }

    [Fact]
    public async Task A_share_of_compute_is_of_its_cost()
    {
        await _benefits.PledgeAsync(Pledge(PledgeBase.Compute), default);
        var capital = new Capital(_fixture.Money.Money, _fixture.Usage, _fixture.Invoices, _fixture.Money.Time);
        await capital.SpendAsync(InvoiceFixture.Partner, new Money(30 * Money.NanosPerUnit, MoneyFixture.Euro), "run", default);
        _fixture.Money.Time.SetUtcNow(InvoiceFixture.December);
        Assert.Equal(3 * Money.NanosPerUnit, (await _benefits.AllotAsync("tenth", InvoiceFixture.November, InvoiceFixture.December, default)).Sum(credit => credit.Amount.Nanos));
    }

    [Fact]
    public async Task The_report_says_who_used_how_much_and_what_each_figure_is()
    {
        await InvoiceAsync(100);
        await _benefits.PledgeAsync(Pledge(PledgeBase.Revenue), default);
        await _benefits.AllotAsync("tenth", InvoiceFixture.November, InvoiceFixture.December, default);
        BenefitReport report = await _benefits.ReportAsync(MoneyFixture.Euro, InvoiceFixture.November, InvoiceFixture.December.AddDays(1), default);
        Assert.Equal([("acme", 100L), ("clinic", 0), ("school", 0)], report.Uses.Select(use => (use.Party.Value, use.Tokens)));
        Assert.Equal([1m, 100, 10_000, 100, 10, 0, 0], report.Figures.Select(figure => figure.Value));
        Assert.All(report.Figures, figure => Assert.True(figure.Definition.Length > 20));
    }

    [Fact]
    public async Task A_pledge_that_contradicts_itself_is_refused()
    {
        Pledge good = Pledge(PledgeBase.Revenue);
        foreach (Pledge bad in new[] { good with { ShareBasisPoints = 0 }, good with { ShareBasisPoints = 10_001 }, good with { ExpiryDays = 0 }, good with { Receivers = [] }, good with { Receivers = [new PledgeReceiver(s_school, 0)] }, good with { Receivers = [new PledgeReceiver(InvoiceFixture.Partner, 1)] } })
        {
            await Assert.ThrowsAsync<BillingRefusedException>(() => _benefits.PledgeAsync(bad, default));
        }

        await _benefits.PledgeAsync(good, default);
        await Assert.ThrowsAsync<BillingRefusedException>(() => _benefits.PledgeAsync(good with { ShareBasisPoints = 1 }, default));
    }

    private static Pledge Pledge(PledgeBase of) => new()
    {
        Id = "tenth",
        Pledger = InvoiceFixture.Partner,
        Seller = InvoiceFixture.Partner,
        Base = of,
        ShareBasisPoints = 1000,
        Currency = MoneyFixture.Euro,
        Receivers = [new PledgeReceiver(s_school, 2), new PledgeReceiver(s_clinic, 1)],
        ExpiryDays = 90,
    };

    private async Task InvoiceAsync(long tokens)
    {
        string version = await _fixture.PriceAsync(Rates);
        await _fixture.UseAsync(version, UsageMeter.InputTokens, tokens);
        await _fixture.CloseAsync();
    }
}

public sealed class BenefitSqliteTests() : BenefitTests(DatabaseKind.Sqlite);

public sealed class BenefitPostgresTests() : BenefitTests(DatabaseKind.Postgres);
