using Lazuli.Billing;
using Lazuli.Contracts;

namespace Lazuli.Platform.Tests;

public sealed class MonthCloseTests : IDisposable
{
    private const string Rates = """[{"model":"*","meter":"input","scheme":"perUnit","price":"0.000001"},{"model":"*","meter":"output","scheme":"perUnit","price":"0.000002"}]""";

    private readonly InvoiceFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task Everybody_who_used_something_gets_one_invoice_however_often_the_month_is_closed()
    {
        await UseAsync(40);
        MonthCloseResult first = await CloseAsync();
        MonthCloseResult second = await CloseAsync();
        Assert.Equal(40, first.Invoices.Count);
        Assert.Equal(first.Invoices, second.Invoices);
        Assert.Empty(second.Refused);
        Assert.Equal(Enumerable.Range(1, 40).Select(number => $"partner-{number:000000}"), first.Invoices.Select(invoice => invoice.Number).Order(StringComparer.Ordinal));
        Assert.Equal(40 * 1_000_000_000L, await _fixture.BalanceAsync("earnings:partner"));
        Assert.True((await _fixture.Money.Ledger.VerifyAsync(default)).Holds);
    }

    [Fact]
    public async Task One_customers_refusal_does_not_stop_the_others()
    {
        await UseAsync(3);
        _fixture.Usage.Add(new MeteredQuantity(new PartyId("c1"), [], "gone@1", "tiny", UsageMeter.OutputTokens, false, 1, 0), "x/1", InvoiceFixture.November, InvoiceFixture.November);
        MonthCloseResult result = await CloseAsync();
        Assert.Equal(["c0", "c2"], result.Invoices.Select(invoice => invoice.Customer.Value));
        Assert.Equal(("c1", BillingRefusal.NotFound), (result.Refused[0].Customer.Value, result.Refused[0].Code));
    }

    [Fact]
    public async Task Who_used_nothing_of_this_seller_gets_no_invoice()
    {
        await UseAsync(1);
        _fixture.Usage.Add(new MeteredQuantity(new PartyId("lab"), [], "internal@1", "tiny", UsageMeter.OutputTokens, false, 1, 0), "x/1", InvoiceFixture.November, InvoiceFixture.November);
        Assert.Single((await CloseAsync()).Invoices);
        Assert.Single(await _fixture.Invoices.ListAsync(null, null, default));
    }

    private async Task UseAsync(int customers)
    {
        string version = await _fixture.PriceAsync(Rates);
        DateTimeOffset now = _fixture.Money.Time.GetUtcNow();
        for (int i = 0; i < customers; i++)
        {
            var customer = new PartyId("c" + i);
            _fixture.Usage.Add(new MeteredQuantity(customer, [InvoiceFixture.Chain[2]], version, "tiny", UsageMeter.InputTokens, false, 1_000_000, 1_000_000_000), "n/" + i, now, now);
            await _fixture.Money.AppendAsync(new Transfer(
                LedgerAccount.Accrued(customer, InvoiceFixture.Partner), LedgerAccount.Earnings(InvoiceFixture.Partner), 1_000_000_000, MoneyFixture.Euro, TransferKind.Usage, "u" + i, 0, now, "u"));
        }
    }

    private Task<MonthCloseResult> CloseAsync()
    {
        _fixture.Money.Time.SetUtcNow(InvoiceFixture.December.AddHours(1));
        InvoiceRequest request = InvoiceFixture.Request();
        return new MonthClose(_fixture.Money.Money, _fixture.Invoices, _fixture.Usage, _fixture.Money.Prices).CloseAsync(
            new MonthCloseRequest
            {
                Issuer = request.Issuer,
                Currency = request.Currency,
                From = request.From,
                Until = request.Until,
                CustomerOf = id => new InvoiceParty(id, id.Value, []),
            },
            default);
    }
}
