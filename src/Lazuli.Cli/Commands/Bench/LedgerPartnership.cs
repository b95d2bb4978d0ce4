using System.Globalization;
using System.Text;
using Lazuli.Contracts;
using Microsoft.Extensions.DependencyInjection;

namespace Lazuli.Cli;

/// <summary>The sellers and customers of the ledger's benchmark, with real licences between them: the lab's, down four links to the seller, and each customer's own.</summary>
internal sealed class LedgerPartnership
{
    private const int Resellers = 4;
    private const int ShareBasisPoints = 2_000;
    private const int KeysPerCustomer = 16;
    private const string Plan = """
        {"plan":"bench","currency":"EUR","rates":[{"model":"*","meter":"input","scheme":"perUnit","price":"0.000002"},
        {"model":"*","meter":"cachedInput","scheme":"perUnit","price":"0.000001"},{"model":"*","meter":"output","scheme":"perUnit","price":"0.000010"}]}
        """;

    private readonly LedgerPayer[][] _payers;

    private LedgerPartnership(IReadOnlyList<PartyId> sellers, IReadOnlyList<GrantId> grants, LedgerPayer[][] payers)
    {
        Sellers = sellers;
        Grants = grants;
        _payers = payers;
    }

    /// <summary>Of all prices.</summary>
    public static Currency Currency { get; } = new("EUR");

    /// <summary>From the lab to who sells to the customers.</summary>
    public IReadOnlyList<PartyId> Sellers { get; }

    /// <summary>Licences between them, in the same order.</summary>
    public IReadOnlyList<GrantId> Grants { get; }

    /// <summary>Who asks: customers in turn, each with several keys.</summary>
    public LedgerPayer Payer(int client, long asked)
    {
        LedgerPayer[] keys = _payers[(client + asked) % _payers.Length];
        return keys[client % keys.Length];
    }

    /// <summary>Adds the parties, their licences, a price and a hard budget for each customer.</summary>
    public static async Task<LedgerPartnership> MakeAsync(IServiceProvider services, int customers, CancellationToken cancel)
    {
        IPartyStore parties = services.GetRequiredService<IPartyStore>();
        IGrantStore grants = services.GetRequiredService<IGrantStore>();
        var sellers = new List<PartyId> { PartyId.Lab };
        var chain = new List<GrantId>();
        for (int link = 1; link <= Resellers; link++)
        {
            var reseller = new PartyId(string.Create(CultureInfo.InvariantCulture, $"reseller{link}"));
            Done(await parties.AddAsync(Actor.Local, reseller, PartyKind.Partner, reseller.Value, [], cancel).ConfigureAwait(false));
            UseRight rights = UseRight.Use | UseRight.Serve | UseRight.Sublicense | UseRight.Resell;
            chain.Add(await GrantAsync(grants, sellers[^1], reseller, chain.Count == 0 ? null : chain[^1], Terms(rights, Resellers + 1 - link, ShareBasisPoints), cancel).ConfigureAwait(false));
            sellers.Add(reseller);
        }

        IPrices prices = services.GetRequiredService<IPrices>();
        PriceVersion version = await prices.PublishAsync(sellers[^1], Encoding.UTF8.GetBytes(Plan), cancel).ConfigureAwait(false);
        await prices.AssignAsync(new PriceAssignment { PriceVersion = version.Name, From = services.GetRequiredService<TimeProvider>().GetUtcNow() }, cancel).ConfigureAwait(false);
        var budget = new AccountLimits { SpendPerMonth = new SpendLimit(new Money(1_000_000 * Money.NanosPerUnit, Currency), IsHard: true), RequestsPerDay = long.MaxValue, Concurrency = 100_000 };
        var payers = new LedgerPayer[customers][];
        for (int i = 0; i < customers; i++)
        {
            var customer = new PartyId(string.Create(CultureInfo.InvariantCulture, $"customer{i + 1:D5}"));
            Done(await parties.AddAsync(Actor.Local, customer, PartyKind.Customer, customer.Value, [], cancel).ConfigureAwait(false));
            GrantId own = await GrantAsync(grants, sellers[^1], customer, chain[^1], Terms(UseRight.Use, 0, 0), cancel).ConfigureAwait(false);
            await services.GetRequiredService<IAccountLimits>().SetAsync(LimitSubject.Party(customer), budget, cancel).ConfigureAwait(false);
            payers[i] = [.. Enumerable.Range(1, KeysPerCustomer).Select(key => new LedgerPayer(
                customer, new ProjectId(customer.Value), string.Create(CultureInfo.InvariantCulture, $"key{(i * KeysPerCustomer) + key}"), [.. chain, own]))];
        }

        return new LedgerPartnership(sellers, chain, payers);
    }

    private static async Task<GrantId> GrantAsync(IGrantStore grants, PartyId licensor, PartyId licensee, GrantId? parent, GrantTerms terms, CancellationToken cancel)
    {
        Grant offer = Done(await grants.OfferAsync(Actor.Local, licensor, licensee, parent, terms, cancel).ConfigureAwait(false));
        return Done(await grants.SignAsync(Actor.Local, offer.Id, cancel).ConfigureAwait(false)).Id;
    }

    private static GrantTerms Terms(UseRight rights, int depth, int shareBasisPoints) => new()
    {
        Models = [GrantTerms.Any],
        Assets = AssetClasses.Api,
        Rights = rights,
        From = DateTimeOffset.UnixEpoch,
        SublicenseDepth = depth,
        Fees = shareBasisPoints > 0 ? [new GrantFee.RevenueShare(shareBasisPoints)] : [],
    };

    private static T Done<T>(LicensingResult<T> result) => result is LicensingResult<T>.Done done
        ? done.Value
        : throw new InvalidOperationException($"The benchmark's own licences were refused: {string.Join(" ", ((LicensingResult<T>.Refused)result).Reasons)}");
}
