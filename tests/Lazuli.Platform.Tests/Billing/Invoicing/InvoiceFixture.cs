using System.Globalization;
using System.Text;
using Lazuli.Billing;
using Lazuli.Contracts;
using Lazuli.Storage;

namespace Lazuli.Platform.Tests;

/// <summary>A partner who sells a lab's model under a commercialiser's licence, its customer, and one month.</summary>
internal sealed class InvoiceFixture : IRoyaltyTerms, IModelOwners, IDisposable, IAsyncDisposable
{
    public static readonly PartyId Lab = new("lab");
    public static readonly PartyId Commercialiser = new("commercialiser");
    public static readonly PartyId Partner = new("partner");
    public static readonly PartyId Customer = new("acme");
    public static readonly IReadOnlyList<GrantId> Chain = [new("grant_c"), new("grant_p"), new("grant_a")];
    public static readonly DateTimeOffset November = new(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);
    public static readonly DateTimeOffset December = November.AddMonths(1);

    private int _events;

    /// <summary>On SQLite.</summary>
    public InvoiceFixture()
        : this(new MoneyFixture())
    {
    }

    private InvoiceFixture(MoneyFixture money)
    {
        Money = money;
        Composer = new InvoiceComposer(Usage, Money.Prices);
        Invoices = new Invoices(Money.Money, Composer, Usage, Usage, this, this, Money.Time);
        Royalties = new Royalties(Money.Money, this, Money.Time);
        Credits = new CreditBook(Money.Money, Money.Time);
    }

    public MoneyFixture Money { get; }

    public MeteredEvents Usage { get; } = new();

    public InvoiceComposer Composer { get; }

    public Invoices Invoices { get; }

    public Royalties Royalties { get; }

    public CreditBook Credits { get; }

    public List<RoyaltyLink> Links { get; } =
    [
        new(Chain[0], Lab, Commercialiser, 2000),
        new(Chain[1], Commercialiser, Partner, 3000),
        new(Chain[2], Partner, Customer, 0),
    ];

    public static InvoiceRequest Request(DateTimeOffset? from = null, DateTimeOffset? cutoff = null) => new()
    {
        Issuer = new InvoiceParty(Partner, "Partner <GmbH> & Co", ["1 Main Street", "Berlin"], "DE123"),
        Customer = new InvoiceParty(Customer, "Acme \"Ltd\"", ["2 Side Street"]),
        Currency = MoneyFixture.Euro,
        From = from ?? November,
        Until = (from ?? November).AddMonths(1),
        Cutoff = cutoff,
        Taxes = [new InvoiceTax("VAT 19 %", 1900)],
    };

    public Task<IReadOnlyList<RoyaltyLink>> LinksAsync(IReadOnlyList<GrantId> chain, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<RoyaltyLink>>([.. chain.Select(grant => Links.Single(link => link.Grant == grant))]);

    /// <summary>Owners of models that have several.</summary>
    public Dictionary<string, IReadOnlyList<OwnershipShare>> Owners { get; } = [];

    public Task<IReadOnlyList<OwnershipShare>> OwnersAsync(string modelName, CancellationToken cancellationToken) => Task.FromResult(Owners.GetValueOrDefault(modelName, []));

    /// <summary>Publishes a plan of the partner and puts it into force for the customer's grant.</summary>
    public async Task<string> PriceAsync(string rates, string fees = "[]", string plan = "std")
    {
        PriceVersion version = await Money.Prices.PublishAsync(Partner, Encoding.UTF8.GetBytes($$"""{"plan":"{{plan}}","currency":"EUR","rates":{{rates}},"fees":{{fees}}}"""), default);
        await Money.Prices.AssignAsync(new PriceAssignment { PriceVersion = version.Name, Grant = Chain[2], From = Money.Time.GetUtcNow() }, default);
        return version.Name;
    }

    /// <summary>Meters tokens and accrues them at plain prices, as settling does.</summary>
    public async Task UseAsync(string priceVersion, UsageMeter meter, long quantity, DateTimeOffset? endedAt = null, string model = "tiny", IReadOnlyList<GrantId>? chain = null)
    {
        DateTimeOffset now = Money.Time.GetUtcNow();
        PricePlan? plan = Money.Prices.VersionOf(priceVersion)?.Plan; // built-in plans have none: they are at zero
        long accrued = quantity * (plan?.RateOf(model, meter)?.PlainUnitNanos ?? 0);
        string id = string.Create(CultureInfo.InvariantCulture, $"node/{++_events}");
        Usage.Add(new MeteredQuantity(Customer, chain ?? Chain, priceVersion, model, meter, false, quantity, accrued), id, endedAt ?? now, now);
        if (accrued > 0)
        {
            await Money.AppendAsync(new Transfer(LedgerAccount.Accrued(Customer, Partner), LedgerAccount.Earnings(Partner), accrued, MoneyFixture.Euro, TransferKind.Usage, "settle:" + id, 0, now, id));
        }
    }

    /// <summary>Drafts and finalises a month once it is over.</summary>
    public async Task<Invoice> CloseAsync(DateTimeOffset? from = null)
    {
        InvoiceRequest request = Request(from);
        if (Money.Time.GetUtcNow() < request.Until)
        {
            Money.Time.SetUtcNow(request.Until.AddHours(1));
        }

        Invoice draft = await Invoices.DraftAsync(request, default);
        return await Invoices.FinaliseAsync(draft.Id, default);
    }

    /// <summary>A balance in nano-units; 0 where the account was never touched.</summary>
    public async Task<long> BalanceAsync(string account) =>
        (await Money.Ledger.BalancesAsync(account, default)).Where(balance => balance.Account == account).Sum(balance => balance.Balance.Nanos);

    /// <summary>On a database of a kind; skips the test where it is not installed.</summary>
    public static async Task<InvoiceFixture> OpenAsync(DatabaseKind kind) => new(await MoneyFixture.OpenAsync(kind));

    public void Dispose() => Money.Dispose();

    public ValueTask DisposeAsync() => Money.DisposeAsync();
}
