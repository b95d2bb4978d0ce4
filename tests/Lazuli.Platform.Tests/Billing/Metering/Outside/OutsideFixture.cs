using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Lazuli.Billing;
using Lazuli.Contracts;
using Lazuli.Storage;
using Microsoft.Extensions.Options;

namespace Lazuli.Platform.Tests.Billing;

/// <summary>Events from outside over a real money database, with prices, admission and invoices; who and what is known, a test says.</summary>
internal sealed class OutsideFixture : IEventNames, IAsyncDisposable
{
    public const string Emitter = "partner.node-1";
    public static readonly DateTimeOffset November = InvoiceFixture.November;
    public static readonly ProjectId Support = new("support");

    private OutsideFixture(InvoiceFixture invoices, MeteringOptions options)
    {
        Books = invoices;
        AdmissionOptions = Options.Create(new AdmissionOptions());
        Admission = new Admission(Money.Money, Money.Prices, AdmissionOptions, Money.Time);
        Stored = new MeterEvents(Money.Money);
        Events = new OutsideEvents(Admission, Money.Money, Stored, Money.Prices, new EventFactsReader(Money.Money, Money.Prices, this), Options.Create(options), Money.Time);
        Meter = new Meter(Admission, Money.Prices, Money.Time);
        Usage = new MeteredUsage(Money.Money);
        Periods = new MeterPeriods(Money.Money, AdmissionOptions, Money.Time);
        Composer = new InvoiceComposer(Usage, Money.Prices);
        Invoices = new Invoices(Money.Money, Composer, Usage, Periods, invoices, invoices, Money.Time);
    }

    public InvoiceFixture Books { get; }

    public MoneyFixture Money => Books.Money;

    public IOptions<AdmissionOptions> AdmissionOptions { get; }

    public Admission Admission { get; }

    public MeterEvents Stored { get; }

    public OutsideEvents Events { get; }

    public Meter Meter { get; }

    public MeteredUsage Usage { get; }

    public MeterPeriods Periods { get; }

    public InvoiceComposer Composer { get; }

    public Invoices Invoices { get; }

    public string PriceVersion { get; private set; } = "";

    /// <summary>Opened on the first of November at noon, with a price and a registered source.</summary>
    public static async Task<OutsideFixture> OpenAsync(DatabaseKind kind, MeteringOptions? options = null, bool beats = false)
    {
        var fixture = new OutsideFixture(await InvoiceFixture.OpenAsync(kind), options ?? new MeteringOptions());
        fixture.PriceVersion = await fixture.Books.PriceAsync(
            """
            [{"model":"*","meter":"input","scheme":"perUnit","price":"10","per":1000000},{"model":"*","meter":"output","scheme":"perUnit","price":"40","per":1000000},
             {"model":"*","meter":"deviceSeconds","scheme":"perUnit","price":"0.002"}]
            """);
        fixture.Money.Time.Advance(TimeSpan.FromHours(12));
        await fixture.Events.RegisterAsync(Emitter, InvoiceFixture.Partner, beats, default);
        return fixture;
    }

    /// <summary>An event that nothing is wrong with: 100 prompt and 10 generated tokens.</summary>
    public JsonObject Event(long sequence, Action<JsonObject>? change = null, long prompt = 100, long completion = 10)
    {
        var e = new JsonObject
        {
            ["specversion"] = "1.0",
            ["type"] = "lazuli.usage.request",
            ["source"] = Emitter,
            ["id"] = sequence.ToString(CultureInfo.InvariantCulture),
            ["time"] = "2026-11-01T11:59:30.000001Z",
            ["subject"] = InvoiceFixture.Customer.Value,
            ["datacontenttype"] = "application/json",
            ["grantid"] = GrantChainText.Join(InvoiceFixture.Chain),
            ["priceversion"] = PriceVersion,
            ["modeldigest"] = "sha256:00",
            ["data"] = new JsonObject
            {
                ["request"] = "",
                ["project"] = Support.Value,
                ["model"] = "tiny",
                ["outcome"] = "Completed",
                ["promptTokens"] = prompt.ToString(CultureInfo.InvariantCulture),
                ["cachedTokens"] = "0",
                ["completionTokens"] = completion.ToString(CultureInfo.InvariantCulture),
                ["deviceMicroseconds"] = "1500000",
                ["flop"] = "1000000000",
                ["currency"] = "EUR",
            },
        };
        change?.Invoke(e);
        return e;
    }

    public static long ChargeOf(long prompt, long completion) => (prompt * 10_000) + (completion * 40_000);

    public Task<IReadOnlyList<EventVerdict>> TakeAsync(params JsonObject[] events) =>
        Events.TakeAsync(Encoding.UTF8.GetBytes(events.Length == 1 ? events[0].ToJsonString() : new JsonArray([.. events]).ToJsonString()), default);

    public async Task<EventVerdict> TakeOneAsync(JsonObject e) => Assert.Single(await TakeAsync(e));

    public Task<IReadOnlyList<QuarantinedEvent>> WaitingAsync() => Events.ListQuarantineAsync(QuarantineState.Waiting, 0, default);

    public Task<long> AccruedAsync() => Books.BalanceAsync("customer:acme:accrued:partner");

    public async Task<long> CountAsync(string sql) => (await Money.Money.QueryAsync<long>(sql, null, default))[0];

    /// <summary>A request of this process, settled.</summary>
    public async Task<Guid> UseAsync(long prompt, long completion)
    {
        var request = new AdmissionRequest
        {
            RequestId = Guid.CreateVersion7(), Key = "key", Project = Support, Party = InvoiceFixture.Customer, GrantChain = InvoiceFixture.Chain, Epoch = 0,
            ModelName = "tiny", ModelDigest = "sha256:00", PromptTokens = prompt, MaxNewTokens = completion,
        };
        IAdmittedRequest admitted = Assert.IsType<AdmissionResult.Admitted>(await Admission.AdmitAsync(request, default)).Request;
        await admitted.SettleAsync(new UsageFacts(new ChargedTokens(prompt, 0, completion), 0.5, 1e9, RequestOutcome.Completed), default);
        return request.RequestId;
    }

    /// <summary>Lets the month end, with heartbeats, and invoices it.</summary>
    public async Task<Invoice> CloseAsync(DateTimeOffset from)
    {
        if (Money.Time.GetUtcNow() < from.AddMonths(1))
        {
            await SkipToAsync(from.AddMonths(1).AddMinutes(5));
        }

        await Admission.DoAsync(memory => true, default);
        Invoice draft = await Invoices.DraftAsync(InvoiceFixture.Request(from), default);
        return await Invoices.FinaliseAsync(draft.Id, default);
    }

    /// <summary>Lets time pass as it does while a server runs: it looks often enough that no step seems a jump of the clock.</summary>
    public async Task SkipToAsync(DateTimeOffset at)
    {
        await Admission.DoAsync(memory => memory.Close(), default);
        Money.Time.SetUtcNow(at);
        await Admission.DoAsync(memory => true, default);
    }

    public async ValueTask DisposeAsync()
    {
        await Admission.DisposeAsync();
        await Books.DisposeAsync();
    }

    Task<Party?> IEventNames.PartyAsync(PartyId id, CancellationToken cancellationToken) => Task.FromResult(
        id == InvoiceFixture.Customer ? new Party { Id = id, Kind = PartyKind.Customer, Name = "Acme", CreatedAt = November } : null);

    Task<Project?> IEventNames.ProjectAsync(ProjectId id, CancellationToken cancellationToken) => Task.FromResult(
        id == Support ? new Project { Id = id, Name = "Support", Owners = [new OwnershipShare(InvoiceFixture.Customer, 10_000)], CreatedAt = November } : null);

    Task<bool> IEventNames.HasModelAsync(string name, string digest, CancellationToken cancellationToken) => Task.FromResult(name == "tiny");

    Task<Grant?> IEventNames.GrantAsync(GrantId id, CancellationToken cancellationToken)
    {
        int at = InvoiceFixture.Chain.ToList().IndexOf(id);
        return Task.FromResult(at < 0 ? null : new Grant
        {
            Id = id, Licensor = Books.Links[at].Licensor, Licensee = Books.Links[at].Licensee, Parent = at == 0 ? null : InvoiceFixture.Chain[at - 1], Terms = null!, State = GrantState.Active, OfferedAt = November,
        });
    }
}
