using Lazuli.Contracts;
using Microsoft.Extensions.DependencyInjection;

namespace Lazuli.Gateway.Tests;

/// <summary>lab → seller → buyer, and a rival of the seller's who has nothing to do with the buyer; with something of everything that money is, so that a list that shows too much shows it.</summary>
internal sealed class Partnership : IAsyncDisposable
{
    public const string Lab = "lab";
    public const string Seller = "seller";
    public const string Buyer = "buyer";
    public const string Rival = "rival";

    private static readonly Currency s_euro = new("EUR");
    private static readonly DateTimeOffset s_month = new(2026, 10, 1, 0, 0, 0, TimeSpan.Zero);

    private Partnership(AdminServer server) => Server = server;

    public AdminServer Server { get; }

    public required Grant Above { get; init; }

    public required Grant Sold { get; init; }

    public required string BuyersKey { get; init; }

    public required SetDocuments Documents { get; init; }

    public static async Task<Partnership> StartAsync()
    {
        var documents = new SetDocuments();
        AdminServer server = await AdminServer.StartAsync(services: services => services.AddSingleton<IInvoices>(documents).AddSingleton<IRoyalties>(documents).AddSingleton<IMeterEvents>(documents).AddSingleton<IUsageProofs>(documents));
        foreach (string party in new[] { Seller, Buyer, Rival, "investor" })
        {
            AdminServer.Done(await server.Get<IPartyStore>().AddAsync(Actor.Local, new PartyId(party), PartyKind.Customer, $"The {party}", [$"{party}-class"], default));
            AdminServer.Done(await server.Get<IProjectStore>().AddAsync(Actor.Local, new ProjectId($"{party}-project"), party, [new OwnershipShare(new PartyId(party), OwnershipShare.Whole)], null, default));
        }

        Grant above = await GrantAsync(server, Lab, Seller, parent: null, depth: 1);
        Grant sold = await GrantAsync(server, Seller, Buyer, above.Id, depth: 0);
        await GrantAsync(server, Lab, Rival, parent: null, depth: 1);
        CreatedApiKey key = AdminServer.Done(await server.Get<IApiKeyStore>().CreateAsync(Actor.Local, new NewApiKey { Label = "buyer's", Project = new ProjectId("buyer-project") }, default));
        AdminServer.Done(await server.Get<IApiKeyStore>().CreateAsync(Actor.Local, new NewApiKey { Label = "rival's", Project = new ProjectId("rival-project") }, default));
        AdminServer.Done(await server.Get<IModelPolicies>().SetOwnersAsync(Actor.Local, "sellers-model", [new OwnershipShare(new PartyId(Seller), OwnershipShare.Whole)], default));
        for (ModelStage stage = ModelStage.Assessors; stage <= ModelStage.Commercial; stage++)
        {
            AdminServer.Done(await server.Get<IModelPolicies>().SetStageAsync(Actor.Local, "labs-model", stage, default));
        }
        var partnership = new Partnership(server) { Above = above, Sold = sold, BuyersKey = key.Record.Id, Documents = documents };
        await partnership.AddMoneyAsync();
        return partnership;
    }

    /// <summary>A plan that asks the same for every token.</summary>
    public static byte[] Plan(string name) => System.Text.Encoding.UTF8.GetBytes(
        $$$"""{"plan":"{{{name}}}","currency":"EUR","rates":[{"model":"*","meter":"input","scheme":"perUnit","price":"2","per":1000},{"model":"*","meter":"output","scheme":"perUnit","price":"6","per":1000}]}""");

    public static CreditGrant Credit(string id, string party, string issuer) => new()
    {
        Id = id, Party = new PartyId(party), Issuer = new PartyId(issuer), Kind = CreditKind.Promotional, Amount = new Money(5 * Money.NanosPerUnit, s_euro), From = s_month,
    };

    public static InvoiceRequest Request(string issuer, string customer) => new()
    {
        Issuer = new InvoiceParty(new PartyId(issuer), issuer, []), Customer = new InvoiceParty(new PartyId(customer), customer, []), Currency = s_euro, From = s_month, Until = s_month.AddMonths(1),
    };

    public ValueTask DisposeAsync() => Server.DisposeAsync();

    private async Task AddMoneyAsync()
    {
        IPrices prices = Server.Get<IPrices>();
        PriceVersion sellers = await prices.PublishAsync(new PartyId(Seller), Plan("sellers"), default);
        await prices.PublishAsync(new PartyId(Rival), Plan("rivals"), default);
        await prices.AssignAsync(new PriceAssignment { PriceVersion = sellers.Name, Grant = Sold.Id, From = TimeProvider.System.GetUtcNow().AddSeconds(1) }, default);
        IAccountLimits limits = Server.Get<IAccountLimits>();
        foreach (LimitSubject subject in new[] { LimitSubject.Party(new PartyId(Buyer)), LimitSubject.Project(new ProjectId("buyer-project")), LimitSubject.Key(BuyersKey), LimitSubject.Grant(Sold.Id), LimitSubject.Party(new PartyId(Rival)) })
        {
            await limits.SetAsync(subject, new AccountLimits { RequestsPerMinute = 60 }, default);
        }

        await Server.Get<ICredits>().GrantAsync(Credit("buyers", Buyer, Seller), default);
        await Server.Get<ICredits>().GrantAsync(Credit("rivals", Rival, Lab), default);
        await Server.Get<ICapital>().CommitAsync(
            new CapitalCommitment
            {
                Id = "first-round", Investor = new PartyId("investor"), Receiver = new PartyId(Lab), Kind = CapitalKind.Cash, Currency = s_euro, CapPercent = 300,
                Tranches = [new CapitalTranche(1, 100 * Money.NanosPerUnit, s_month)],
            }, default);
        await Server.Get<IBenefits>().PledgeAsync(
            new Pledge
            {
                Id = "pledge", Pledger = new PartyId(Seller), Seller = new PartyId(Seller), Base = PledgeBase.Revenue, ShareBasisPoints = 100, Currency = s_euro,
                Receivers = [new PledgeReceiver(new PartyId(Buyer), 1)], ExpiryDays = 30,
            }, default);
        Documents.Add(Seller, Buyer, InvoiceState.Draft);
        Documents.Add(Seller, Buyer, InvoiceState.Finalised);
        Documents.Add(Lab, Rival, InvoiceState.Finalised);
        Documents.AddStatement(Lab, Seller);
        Documents.AddStatement(Lab, Rival);
        Documents.AddUse(Buyer, BuyersKey, [Above.Id, Sold.Id]);
    }

    private static async Task<Grant> GrantAsync(AdminServer server, string from, string to, GrantId? parent, int depth)
    {
        var terms = new GrantTerms
        {
            Models = ["labs-model"], Assets = AssetClasses.All, Rights = UseRight.Use | UseRight.Serve | (depth > 0 ? UseRight.Sublicense : UseRight.None),
            From = s_month, SublicenseDepth = depth,
        };
        Grant offer = AdminServer.Done(await server.Get<IGrantStore>().OfferAsync(Actor.Local, new PartyId(from), new PartyId(to), parent, terms, default));
        return AdminServer.Done(await server.Get<IGrantStore>().SignAsync(Actor.Local, offer.Id, default));
    }
}
