using Lazuli.Billing;
using Lazuli.Contracts;
using Lazuli.Storage;
using Lazuli.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Lazuli.Platform.Tests;

/// <summary>Admission, metering, ledger and invoices together, nothing stood in for.</summary>
public sealed class SettledMonthTests
{
    private const string Rates = """[{"model":"*","meter":"input","scheme":"perUnit","price":"0.15","per":1000000},{"model":"*","meter":"output","scheme":"graduated","per":1000000,"tiers":[{"upTo":1000,"price":"600"},{"price":"400"}]}]""";

    [Theory]
    [MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task What_was_admitted_and_settled_is_invoiced_to_the_token(DatabaseKind kind)
    {
        await using InvoiceFixture fixture = await InvoiceFixture.OpenAsync(kind);
        MoneyFixture money = fixture.Money;
        string version = await fixture.PriceAsync(Rates);
        await using var admission = new Admission(money.Money, money.Prices, Options.Create(new AdmissionOptions()), money.Time);
        for (int i = 0; i < 30; i++)
        {
            AdmissionResult.Admitted admitted = Assert.IsType<AdmissionResult.Admitted>(await admission.AdmitAsync(Request(1_000, 100), default));
            Settlement settled = await admitted.Request.SettleAsync(new UsageFacts(new ChargedTokens(1_000, 200, 50), 0.25, 1e9, RequestOutcome.Completed), default);
            Assert.Equal(version, settled.PriceVersion);
            money.Time.Advance(TimeSpan.FromHours(10));
        }

        Assert.Equal(30 * ((1_000 * 150) + (50 * 600_000)), await fixture.BalanceAsync("customer:acme:accrued:partner"));
        await admission.DoAsync(memory => memory.Close(), default);
        money.Time.SetUtcNow(InvoiceFixture.December.AddMinutes(5));
        var usage = new MeteredUsage(money.Money);
        var invoices = new Invoices(money.Money, new InvoiceComposer(usage, money.Prices), usage, new MeterPeriods(money.Money, Options.Create(new AdmissionOptions()), money.Time), fixture, fixture, money.Time);
        MonthCloseResult result = await new MonthClose(money.Money, invoices, usage, money.Prices).CloseAsync(
            new MonthCloseRequest
            {
                Issuer = InvoiceFixture.Request().Issuer,
                Currency = MoneyFixture.Euro,
                From = InvoiceFixture.November,
                Until = InvoiceFixture.December,
                CustomerOf = id => new InvoiceParty(id, id.Value, []),
            },
            default);
        Assert.Empty(result.Refused);
        InvoiceDocument document = (await invoices.FindAsync(result.Invoices[0].Number, default))!.Document;
        Assert.Equal(
            [(UsageMeter.InputTokens, 24_000L), (UsageMeter.CachedInputTokens, 6_000), (UsageMeter.OutputTokens, 1_000), (UsageMeter.OutputTokens, 500)],
            document.Lines.Select(line => (line.Meter!.Value, line.Quantity)));
        Assert.Equal(800_000_000, document.NetNanos); // 0.0045 in, 1000 × 0.0006 + 500 × 0.0004 out
        Assert.Equal(0, await fixture.BalanceAsync("customer:acme:accrued:partner"));
        Assert.Equal(7_500_000, (await new MeteredDeviceTimes(money.Money).SumAsync(InvoiceFixture.November, InvoiceFixture.December, default)).Sum(spent => spent.Microseconds));
        LedgerVerdict verdict = await money.Ledger.VerifyAsync(default);
        Assert.True(verdict.Holds, verdict.FirstDifference);
    }

    [Fact]
    public async Task The_module_gives_every_interface()
    {
        using var folder = new TemporaryFolder();
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton<Microsoft.Extensions.Configuration.IConfiguration>(new Microsoft.Extensions.Configuration.ConfigurationBuilder().Build());
        services.AddLazuliStorage(options => options.Home = folder["home"]);
        services.AddLazuliBilling();
        await using ServiceProvider provider = services.BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true, ValidateScopes = true });
        Assert.All(
            new[] { typeof(IPrices), typeof(ILedger), typeof(ICredits), typeof(IInvoices), typeof(IMonthClose), typeof(IRoyalties), typeof(ICapital), typeof(IBenefits), typeof(IAdmission) },
            type => Assert.NotNull(provider.GetRequiredService(type)));
    }

    private static AdmissionRequest Request(long prompt, long most) => new()
    {
        RequestId = Guid.CreateVersion7(),
        Key = "key",
        Project = new ProjectId("project"),
        Party = InvoiceFixture.Customer,
        GrantChain = InvoiceFixture.Chain,
        Epoch = 0,
        ModelName = "tiny",
        ModelDigest = "sha256:00",
        PromptTokens = prompt,
        MaxNewTokens = most,
    };
}
