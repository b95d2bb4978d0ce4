using Lazuli.Billing;
using Lazuli.Contracts;
using Lazuli.Storage;

namespace Lazuli.Platform.Tests;

public abstract class CapitalTests(DatabaseKind kind) : IAsyncLifetime
{
    private static readonly PartyId s_lab = new("lab");
    private static readonly PartyId s_investor = new("investor");
    private static readonly PartyId s_nonprofit = new("nonprofit");

    private InvoiceFixture _fixture = null!;
    private Capital _capital = null!;

    public async ValueTask InitializeAsync()
    {
        _fixture = await InvoiceFixture.OpenAsync(kind);
        _capital = new Capital(_fixture.Money.Money, _fixture.Usage, _fixture.Invoices, _fixture.Money.Time);
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
    public async Task A_tranche_is_drawn_when_its_day_has_come_and_its_condition_is_met()
    {
        CapitalCommitment commitment = Commitment("c", CapitalKind.Cash);
        await _capital.CommitAsync(commitment, default);
        await _capital.CommitAsync(commitment, default);
        await _capital.DrawAsync("c", 1, Euro(60), "d1", default);
        await _capital.DrawAsync("c", 1, Euro(60), "d1", default);
        Assert.Equal(BillingRefusal.Conflict, (await Refused(() => _capital.DrawAsync("c", 1, Euro(61), "d1", default))).Code);
        Assert.Equal(BillingRefusal.Conflict, (await Refused(() => _capital.DrawAsync("c", 2, Euro(60), "d1", default))).Code);
        Assert.Equal(BillingRefusal.NotEnough, (await Refused(() => _capital.DrawAsync("c", 1, Euro(41), "d2", default))).Code);
        Assert.Equal(BillingRefusal.WrongState, (await Refused(() => _capital.DrawAsync("c", 2, Euro(1), "d3", default))).Code);
        _fixture.Money.Time.Advance(TimeSpan.FromDays(10));
        Assert.Contains("model evaluated", (await Refused(() => _capital.DrawAsync("c", 2, Euro(1), "d3", default))).Message, StringComparison.Ordinal);
        await _capital.MeetConditionAsync("c", 2, "evaluation 17", default);
        await _capital.DrawAsync("c", 2, Euro(200), "d3", default);
        CapitalPosition position = Assert.Single(await _capital.PositionsAsync(s_lab, default));
        Assert.Equal((Euro(300).Nanos, Euro(260).Nanos, Euro(520).Nanos), (position.CommittedNanos, position.DrawnNanos, position.CapNanos));
        Assert.Equal("evaluation 17", position.Tranches[1].MetBy);
        Assert.Equal(Euro(260).Nanos, await _fixture.BalanceAsync("cash:lab"));
        Assert.Equal(Euro(260).Nanos, await _fixture.BalanceAsync("capital:lab:investor"));
    }

    [Fact]
    public async Task Compute_is_paid_from_compute_credit_first_and_once()
    {
        await _capital.CommitAsync(Commitment("cash", CapitalKind.Cash), default);
        await _capital.CommitAsync(Commitment("compute", CapitalKind.ComputeCredit), default);
        await _capital.DrawAsync("cash", 1, Euro(100), "d", default);
        await _capital.DrawAsync("compute", 1, Euro(50), "d", default);
        await _capital.SpendAsync(s_lab, Euro(70), "run-1", default);
        await _capital.SpendAsync(s_lab, Euro(70), "run-1", default);
        Assert.Equal(BillingRefusal.Conflict, (await Refused(() => _capital.SpendAsync(s_lab, Euro(71), "run-1", default))).Code);
        Assert.Equal(0, await _fixture.BalanceAsync("compute-credit:lab"));
        Assert.Equal(Euro(80).Nanos, await _fixture.BalanceAsync("cash:lab"));
        Assert.Equal(Euro(70).Nanos, await _fixture.BalanceAsync("compute-cost:lab"));
    }

    [Fact]
    public async Task Runway_is_means_over_what_was_spent_lately()
    {
        await _capital.CommitAsync(Commitment("cash", CapitalKind.Cash), default);
        await _capital.DrawAsync("cash", 1, Euro(100), "d", default);
        Assert.Null((await _capital.RunwayAsync(s_lab, MoneyFixture.Euro, 30, default)).Months);
        await _capital.SpendAsync(s_lab, Euro(10), "old", default);
        _fixture.Money.Time.Advance(TimeSpan.FromDays(40));
        await _capital.SpendAsync(s_lab, Euro(30), "new", default);
        Runway runway = await _capital.RunwayAsync(s_lab, MoneyFixture.Euro, 30, default);
        Assert.Equal((Euro(60).Nanos, 0L, Euro(30).Nanos), (runway.CashNanos, runway.ComputeCreditNanos, runway.SpentNanos));
        Assert.Equal(1.97m, runway.Months); // 60 left, 30 in 30 days: 60 days
    }

    [Fact]
    public async Task Returns_fill_the_cap_and_then_go_to_the_nonprofit()
    {
        await _capital.CommitAsync(Commitment("c", CapitalKind.Cash), default);
        await _capital.DrawAsync("c", 1, Euro(100), "d", default);
        await _fixture.Money.AppendAsync(new Transfer(LedgerAccount.Cash(s_lab), LedgerAccount.Earnings(s_lab), Euro(400).Nanos, MoneyFixture.Euro, TransferKind.Payment, "p", 0, _fixture.Money.Time.GetUtcNow(), ""));
        Assert.Equal(0, (await _capital.PlanReturnAsync(s_lab, Euro(150), default)).ResidualNanos);
        Distribution first = await _capital.ReturnAsync(s_lab, s_nonprofit, Euro(150), "r1", default);
        Distribution again = await _capital.ReturnAsync(s_lab, s_nonprofit, Euro(150), "r1", default);
        Assert.Equal(first.Parts, again.Parts);
        Distribution second = await _capital.ReturnAsync(s_lab, s_nonprofit, Euro(150), "r2", default);
        Assert.Equal((Euro(50).Nanos, Euro(100).Nanos), (second.Parts[0].Nanos, second.ResidualNanos)); // the cap is twice 100
        Assert.Equal(BillingRefusal.NotEnough, (await Refused(() => _capital.ReturnAsync(s_lab, s_nonprofit, Euro(201), "r3", default))).Code);
        Assert.Equal(BillingRefusal.Conflict, (await Refused(() => _capital.ReturnAsync(s_lab, s_nonprofit, Euro(1), "r2", default))).Code);
        Assert.Equal(1, (await _capital.PositionsAsync(null, default))[0].CapUsed);
        Assert.Equal(Euro(200).Nanos, await _fixture.BalanceAsync("cash:lab"));
        Assert.True((await _fixture.Money.Ledger.VerifyAsync(default)).Holds);
    }

    [Fact]
    public async Task A_commitment_that_contradicts_itself_is_refused()
    {
        CapitalCommitment good = Commitment("c", CapitalKind.Cash);
        await Refused(() => _capital.CommitAsync(good with { CapPercent = -1 }, default));
        await Refused(() => _capital.CommitAsync(good with { Investor = s_lab }, default));
        await Refused(() => _capital.CommitAsync(good with { Tranches = [] }, default));
        await Refused(() => _capital.CommitAsync(good with { Tranches = [new CapitalTranche(2, 1, default)] }, default));
        await Refused(() => _capital.CommitAsync(good with { Tranches = [new CapitalTranche(1, 0, default)] }, default));
        await _capital.CommitAsync(good, default);
        Assert.Equal(BillingRefusal.Conflict, (await Refused(() => _capital.CommitAsync(good with { CapPercent = 300 }, default))).Code);
        Assert.Equal(BillingRefusal.NotFound, (await Refused(() => _capital.DrawAsync("x", 1, Euro(1), "d", default))).Code);
        Assert.Equal(BillingRefusal.NotFound, (await Refused(() => _capital.DrawAsync("c", 3, Euro(1), "d", default))).Code);
    }

    [Fact]
    public async Task Margin_is_revenue_less_metered_cost_by_model_customer_and_grant()
    {
        string version = await _fixture.PriceAsync("""[{"model":"*","meter":"input","scheme":"perUnit","price":"1"},{"model":"*","meter":"output","scheme":"perUnit","price":"2"}]""");
        await _fixture.UseAsync(version, UsageMeter.InputTokens, 10, model: "small");
        await _fixture.UseAsync(version, UsageMeter.OutputTokens, 10, model: "big");
        _fixture.Usage.DeviceTimes.Add(new DeviceTime(InvoiceFixture.Customer, InvoiceFixture.Chain, "small", 4_000_000));
        _fixture.Usage.DeviceTimes.Add(new DeviceTime(InvoiceFixture.Customer, InvoiceFixture.Chain, "big", 30_000_000));
        _fixture.Usage.DeviceTimes.Add(new DeviceTime(new PartyId("somebody-else"), InvoiceFixture.Chain, "big", 30_000_000));
        await _fixture.CloseAsync();
        MarginReport report = await _capital.MarginsAsync(InvoiceFixture.Partner, MoneyFixture.Euro, InvoiceFixture.November, InvoiceFixture.December, Money.NanosPerUnit, default);
        Assert.Equal([("big", -10), ("small", 6)], report.ByModel.Select(row => (row.Of, (int)(row.MarginNanos / Money.NanosPerUnit))));
        Assert.Equal([("acme", -4)], report.ByCustomer.Select(row => (row.Of, (int)(row.MarginNanos / Money.NanosPerUnit))));
        Assert.Equal([("grant_a", -4)], report.ByGrant.Select(row => (row.Of, (int)(row.MarginNanos / Money.NanosPerUnit))));
    }

    private static Money Euro(long units) => new(units * Money.NanosPerUnit, MoneyFixture.Euro);

    private static Task<BillingRefusedException> Refused(Func<Task> step) => Assert.ThrowsAsync<BillingRefusedException>(step);

    private CapitalCommitment Commitment(string id, CapitalKind kind) => new()
    {
        Id = id,
        Investor = s_investor,
        Receiver = s_lab,
        Kind = kind,
        Currency = MoneyFixture.Euro,
        CapPercent = 200,
        Tranches =
        [
            new CapitalTranche(1, Euro(100).Nanos, _fixture.Money.Time.GetUtcNow()),
            new CapitalTranche(2, Euro(200).Nanos, InvoiceFixture.November.AddDays(10), "model evaluated"),
        ],
    };
}

public sealed class CapitalSqliteTests() : CapitalTests(DatabaseKind.Sqlite);

public sealed class CapitalPostgresTests() : CapitalTests(DatabaseKind.Postgres);
