using System.Net;
using System.Text.Json;
using Lazuli.Contracts;
using static Lazuli.Gateway.Tests.Partnership;

namespace Lazuli.Gateway.Tests;

/// <summary>Who sees what of whom, list by list; and what one party may not do to another.</summary>
public sealed class AdminPartyTests : IAsyncLifetime
{
    private const string Period = "from=2026-10-01T00:00:00Z&until=2026-11-01T00:00:00Z";
    private Partnership _world = null!;

    [Fact]
    public async Task Lists_show_a_party_what_is_its_own_and_the_installation_everything()
    {
        foreach ((string path, string member, string all, string seller, string buyer, string rival) in new[]
        {
            ("invoices/", "id", "invoice-0 invoice-1 invoice-2", "invoice-0 invoice-1", "invoice-1", "invoice-2"), // the draft is the seller's alone
            ("royalties/", "number", "R0 R1", "R0", "", "R1"),
            ("credits/", "grant.id", "buyers rivals", "buyers", "buyers", "rivals"),
            ("limits/", "subject.id", $"{_world.BuyersKey} buyer-project buyer rival {_world.Sold.Id}", $"{_world.Sold.Id}", $"{_world.BuyersKey} buyer-project buyer {_world.Sold.Id}", "rival"),
            ("capital/", "commitment.id", "first-round", "", "", ""),
            ("benefits/pledges", "id", "pledge", "pledge", "pledge", ""),
            ("prices/", "name", "internal@1 rivals@1 sandbox@1 sellers@1", "sellers@1", "sellers@1", "rivals@1"),
            ("prices/assignments", "priceVersion", "sellers@1", "sellers@1", "sellers@1", ""),
            ("keys/", "label", "buyer's rival's", "", "buyer's", "rival's"),
            ("projects/", "id", "buyer-project default investor-project rival-project seller-project", "seller-project", "buyer-project", "rival-project"),
            ("models/", "subject", "labs-model sellers-model", "sellers-model", "", ""),
            ("people/", "party", "- buyer rival seller", "seller", "buyer", "rival"),
            ("usage/interrupted", "party", "buyer", "buyer", "buyer", ""),
        })
        {
            foreach ((string? party, string expected) in new[] { (null, all), (Seller, seller), (Buyer, buyer), (Rival, rival) })
            {
                string[] seen = await SeenAsync(party, path, member);
                string[] wanted = [.. expected.Split(' ', StringSplitOptions.RemoveEmptyEntries).Where(name => !name.StartsWith("internal@", StringComparison.Ordinal) && !name.StartsWith("sandbox@", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
                Assert.True(wanted.SequenceEqual(seen.Distinct().Where(name => !name.StartsWith("internal@", StringComparison.Ordinal) && !name.StartsWith("sandbox@", StringComparison.Ordinal))), $"{path} as {party ?? "the installation"}: {string.Join(' ', seen)}");
            }
        }
    }

    [Fact]
    public async Task Of_other_parties_one_sees_the_name_and_no_class()
    {
        Party[] seen = await _world.Server.ReadAsync<Party[]>(Buyer, PersonRoles.Viewer, "parties/");
        Assert.Equal("The rival", seen.Single(party => party.Id.Value == Rival).Name);
        Assert.Equal(["buyer-class"], seen.SelectMany(party => party.Classes));
    }

    [Fact]
    public async Task A_licence_above_ones_own_is_only_said_to_be_there()
    {
        Grant sold = Assert.Single(await _world.Server.ReadAsync<Grant[]>(Buyer, PersonRoles.Viewer, "grants/"));
        Assert.Equal((_world.Sold.Id, new GrantId("a licence above yours")), (sold.Id, sold.Parent!.Value));
        Assert.Equal(_world.Above.Id, (await _world.Server.ReadAsync<Grant>(Seller, PersonRoles.Viewer, $"grants/{_world.Sold.Id}")).Parent);
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(Buyer, HttpMethod.Get, $"grants/{_world.Above.Id}"));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(Rival, HttpMethod.Get, $"grants/{_world.Sold.Id}"));

        object question = new { party = Buyer, project = "buyer-project", modelName = "labs-model", modelDigest = "", right = "use" };
        using HttpResponseMessage decided = await _world.Server.SendAsync(Buyer, PersonRoles.Viewer, HttpMethod.Post, "entitlements/decide", question);
        string answer = await decided.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Contains("\"allowed\":true", answer, StringComparison.Ordinal);
        Assert.Contains(_world.Sold.Id.Value, answer, StringComparison.Ordinal);
        Assert.DoesNotContain(_world.Above.Id.Value, answer, StringComparison.Ordinal);
        using HttpResponseMessage explained = await _world.Server.SendAsync(Buyer, PersonRoles.Viewer, HttpMethod.Post, "entitlements/explain", new { question, viewer = Lab });
        Assert.DoesNotContain(_world.Above.Id.Value, await explained.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(Seller, HttpMethod.Post, "entitlements/decide", question));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(Rival, HttpMethod.Post, "entitlements/decide", question));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(Rival, HttpMethod.Post, "entitlements/explain", new { question }));
    }

    [Fact]
    public async Task Use_is_shown_to_its_party_whole_and_to_its_licensors_without_key_and_project()
    {
        Guid id = _world.Documents.Uses[0].RequestId!.Value;
        Assert.Equal(_world.BuyersKey, (await _world.Server.ReadAsync<MeterEvent>(Buyer, PersonRoles.Viewer, $"usage/{id}")).Key);
        foreach (string licensor in new[] { Seller, Lab })
        {
            MeterEvent seen = await _world.Server.ReadAsync<MeterEvent>(licensor, PersonRoles.Viewer, $"usage/{id}");
            Assert.Equal(("", new ProjectId("")), (seen.Key, seen.Project));
            UsageProof proof = await _world.Server.ReadAsync<UsageProof>(licensor, PersonRoles.Viewer, $"usage/proof?party=buyer&{Period}");
            Assert.Equal("", Assert.Single(Assert.Single(proof.Intervals).Events).Key);
        }

        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(Rival, HttpMethod.Get, $"usage/{id}"));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(Rival, HttpMethod.Get, $"usage/proof?party=buyer&{Period}"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(Buyer, HttpMethod.Get, $"usage/proof?party=buyer&{Period}"));

        // Use under somebody else's licence in the same time is nothing for the seller to read, not even its number.
        _world.Documents.AddUse(Buyer, _world.BuyersKey, []);
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(Seller, HttpMethod.Get, $"usage/proof?party=buyer&{Period}"));
    }

    [Fact]
    public async Task Invoices_are_their_issuers_to_change_and_not_there_for_others()
    {
        object payment = new { amount = new { amount = "1.00", currency = "EUR" }, reference = "bank-1" };
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(Buyer, HttpMethod.Post, "invoices/invoice-1/payments", payment));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(Buyer, HttpMethod.Post, "invoices/invoice-1/void", new Because("no")));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(Buyer, HttpMethod.Post, "invoices/invoice-0/finalise"));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(Rival, HttpMethod.Get, "invoices/invoice-1"));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(Rival, HttpMethod.Get, "invoices/invoice-1/export?format=csv"));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(Buyer, HttpMethod.Post, "invoices/", Request(Seller, Buyer)));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(Rival, HttpMethod.Post, "royalties/", new StatementWanted(new PartyId(Lab), new PartyId(Seller), new Currency("EUR"), default, default)));
        Assert.Empty(_world.Documents.Changes);
        Assert.Empty(await EntriesAsync("invoice."));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(Seller, HttpMethod.Post, "invoices/invoice-1/payments", payment));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(Seller, HttpMethod.Post, "invoices/", Request(Seller, Buyer)));
        Assert.Equal(["pay invoice-1", "draft seller buyer"], _world.Documents.Changes);
    }

    [Fact]
    public async Task Nobody_loosens_its_own_limits_or_gives_itself_credit()
    {
        string[] own = ["party/buyer", "project/buyer-project", $"key/{_world.BuyersKey}"];
        foreach (string path in own)
        {
            object credit = new CreditAdded(path, new Money(1, new Currency("EUR")));
            Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(Buyer, HttpMethod.Put, $"limits/{path}", new AccountLimits { RequestsPerMinute = 61 }));
            Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(Buyer, HttpMethod.Put, $"limits/{path}", new AccountLimits()));
            Assert.Equal(HttpStatusCode.NoContent, await StatusAsync(Buyer, HttpMethod.Put, $"limits/{path}", new AccountLimits { RequestsPerMinute = 59, Concurrency = 3 }));
            Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(Buyer, HttpMethod.Put, $"limits/{path}", new AccountLimits { RequestsPerMinute = 59 }));
            Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(Buyer, HttpMethod.Post, $"limits/{path}/credit", credit));
            Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(Rival, HttpMethod.Put, $"limits/{path}", new AccountLimits { RequestsPerMinute = 1 }));
            Assert.Equal(HttpStatusCode.NoContent, await StatusAsync(Seller, HttpMethod.Put, $"limits/{path}", new AccountLimits { RequestsPerMinute = 600, PrepaidIn = new Currency("EUR") }));
            Assert.Equal(HttpStatusCode.NoContent, await StatusAsync(Seller, HttpMethod.Post, $"limits/{path}/credit", credit));
            Assert.Equal(HttpStatusCode.NoContent, await StatusAsync(Seller, HttpMethod.Post, $"limits/{path}/credit", credit)); // the same once more is once
        }

        Assert.Equal(HttpStatusCode.BadRequest, await StatusAsync(Seller, HttpMethod.Post, "limits/party/buyer/credit", new CreditAdded("project/buyer-project", new Money(1, new Currency("EUR")))));

        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(Buyer, HttpMethod.Put, $"limits/grant/{_world.Sold.Id}", new AccountLimits { RequestsPerMinute = 1 }));
        Assert.Equal(HttpStatusCode.NoContent, await StatusAsync(Seller, HttpMethod.Put, $"limits/grant/{_world.Sold.Id}", new AccountLimits { RequestsPerMinute = 1 }));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(Rival, HttpMethod.Get, "limits/party/buyer"));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(Buyer, HttpMethod.Post, "credits/", Credit("x", Buyer, Seller)));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(Buyer, HttpMethod.Post, "credits/", Credit("x", Buyer, Buyer)));
        Assert.Equal(HttpStatusCode.NoContent, await StatusAsync(Seller, HttpMethod.Post, "credits/", Credit("x", Buyer, Seller)));
    }

    [Fact]
    public async Task Who_buys_from_two_sellers_is_limited_by_neither_alone()
    {
        await GrantFromRivalAsync();
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(Seller, HttpMethod.Put, "limits/party/buyer", new AccountLimits { RequestsPerMinute = 1 }));
        Assert.Equal(HttpStatusCode.NoContent, await StatusAsync(null, HttpMethod.Put, "limits/party/buyer", new AccountLimits { RequestsPerMinute = 1 }));
    }

    [Fact]
    public async Task Plans_are_their_sellers_and_hold_under_its_licences_only()
    {
        DateTimeOffset from = TimeProvider.System.GetUtcNow().AddHours(1);
        Assert.Equal(HttpStatusCode.Forbidden, await PublishAsync(Rival, Seller));
        Assert.Equal(HttpStatusCode.OK, await PublishAsync(Seller, Seller));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(Rival, HttpMethod.Post, "prices/assignments", new PriceAssignment { PriceVersion = "sellers@1", Grant = _world.Sold.Id, From = from }));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(Rival, HttpMethod.Post, "prices/assignments", new PriceAssignment { PriceVersion = "rivals@1", Grant = _world.Sold.Id, From = from }));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(Rival, HttpMethod.Post, "prices/assignments", new PriceAssignment { PriceVersion = "rivals@1", Party = new PartyId(Buyer), From = from }));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(Rival, HttpMethod.Post, "prices/assignments", new PriceAssignment { PriceVersion = "rivals@1", From = from }));
        Assert.Equal(HttpStatusCode.NoContent, await StatusAsync(Seller, HttpMethod.Post, "prices/assignments", new PriceAssignment { PriceVersion = "sellers@1", Grant = _world.Sold.Id, From = from }));
    }

    [Fact]
    public async Task Ledger_capital_and_audit_are_read_as_far_as_they_are_ones_own()
    {
        string[] seen = await SeenAsync(Buyer, "ledger/balances", "account");
        Assert.NotEmpty(seen);
        Assert.All(seen, account => Assert.StartsWith("customer:buyer:", account, StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(Rival, HttpMethod.Get, $"ledger/transfers?account={Uri.EscapeDataString(seen[0])}"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(Seller, HttpMethod.Get, $"ledger/transfers?account={Uri.EscapeDataString(seen[0])}"));
        Assert.Equal(["first-round"], await SeenAsync("investor", "capital/", "commitment.id"));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync("investor", HttpMethod.Get, "capital/lab/runway?currency=EUR"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(Lab, HttpMethod.Get, "capital/lab/runway?currency=EUR"));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(Lab, HttpMethod.Post, "capital/first-round/tranches/1/condition", new Because("because")));
        await StatusAsync(Seller, HttpMethod.Post, "credits/", Credit("y", Buyer, Seller));
        Assert.Equal(["credit.give"], await SeenAsync(Seller, "audit/", "action"));
        Assert.Empty(await SeenAsync(Buyer, "audit/", "action"));
        Assert.Contains("credit.give", await SeenAsync(null, "audit/", "action"));
    }

    [Theory]
    [InlineData("customer:receivable:accrued:seller", "receivable seller")] // a party's id may be a word of an account's name
    [InlineData("royalty:payable:payable", "payable")]
    [InlineData("capital:lab:investor", "lab investor")]
    [InlineData("returns:lab:investor", "lab investor")]
    [InlineData("cash:lab", "lab")]
    [InlineData("tax:lab:payable", "lab")]
    [InlineData("something:new:of:five:parts", "")]
    [InlineData("", "")]
    public void An_account_is_of_the_parties_that_its_form_names(string account, string parties) =>
        Assert.Equal(parties, string.Join(' ', LedgerEndpoints.PartiesOf(account)));

    public async ValueTask InitializeAsync() => _world = await Partnership.StartAsync();

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    private async Task<HttpStatusCode> StatusAsync(string? party, HttpMethod method, string path, object? body = null)
    {
        using HttpResponseMessage response = await _world.Server.SendAsync(party, PersonRoles.Owner, method, path, body);
        return response.StatusCode;
    }

    private async Task<HttpStatusCode> PublishAsync(string party, string seller)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"prices/?seller={seller}") { Content = new ByteArrayContent(Plan($"{seller}-new")) };
        request.Content.Headers.ContentType = new("application/json");
        request.Headers.Authorization = new("Bearer", await _world.Server.TokenAsync(party, PersonRoles.Owner));
        using HttpResponseMessage response = await _world.Server.Remote.SendAsync(request);
        return response.StatusCode;
    }

    private async Task<string[]> SeenAsync(string? party, string path, string member)
    {
        foreach (string somebody in new[] { Seller, Buyer, Rival })
        {
            await _world.Server.TokenAsync(somebody, PersonRoles.Owner); // so that lists of people do not depend on who asked before
        }

        using JsonDocument list = JsonDocument.Parse(await (await _world.Server.SendAsync(party, PersonRoles.Owner, HttpMethod.Get, path)).Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        return [.. list.RootElement.EnumerateArray().Select(element => member.Split('.').Aggregate(element, (at, name) => at.TryGetProperty(name, out JsonElement found) ? found : default) is { ValueKind: JsonValueKind.String } text ? text.GetString()! : "-").Order(StringComparer.Ordinal)];
    }

    private async Task<IEnumerable<AuditEntry>> EntriesAsync(string prefix) =>
        (await _world.Server.Get<IAuditLog>().ListAsync(null, null, null, 1000, default)).Where(entry => entry.Action.StartsWith(prefix, StringComparison.Ordinal));

    private async Task GrantFromRivalAsync()
    {
        Grant rivals = (await _world.Server.Get<IGrantStore>().ListAsync(new PartyId(Rival), default))[0];
        GrantTerms terms = rivals.Terms with { Rights = UseRight.Use | UseRight.Serve, SublicenseDepth = 0 };
        Grant offer = AdminServer.Done(await _world.Server.Get<IGrantStore>().OfferAsync(Actor.Local, new PartyId(Rival), new PartyId(Buyer), rivals.Id, terms, default));
        AdminServer.Done(await _world.Server.Get<IGrantStore>().SignAsync(Actor.Local, offer.Id, default));
    }
}
