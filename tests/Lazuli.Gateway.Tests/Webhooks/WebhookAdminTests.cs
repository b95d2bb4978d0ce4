using System.Net;
using System.Text.Json;
using Lazuli.Contracts;
using Lazuli.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Lazuli.Gateway.Tests;

/// <summary>Endpoints over the real admin API, by people of parties.</summary>
public sealed class WebhookAdminTests
{
    [Fact]
    public async Task A_partys_finance_manages_its_endpoints_others_never_see_them_and_the_audit_never_holds_a_secret()
    {
        await using WebhookReceiver receiver = await WebhookReceiver.StartAsync();
        await using AdminServer server = await AdminServer.StartAsync(services: services => services.Configure<WebhookOptions>(options => options.AllowLoopback = true));
        foreach (string party in new[] { "acme", "rival" })
        {
            Assert.IsType<LicensingResult<Party>.Done>(await server.Get<IPartyStore>().AddAsync(Actor.Local, new PartyId(party), PartyKind.Customer, party, [], default));
        }

        JsonElement added = await ReadAsync(server, "acme", PersonRoles.Finance, HttpMethod.Post, "webhooks/", new NewWebhook(new PartyId("acme"), receiver.Url, ["invoice.*"]));
        string id = added.GetProperty("endpoint").GetProperty("id").GetString()!;
        string secret = added.GetProperty("secret").GetString()!;
        JsonElement listed = Assert.Single((await ReadAsync(server, "acme", PersonRoles.Viewer, HttpMethod.Get, "webhooks/")).EnumerateArray());
        Assert.Equal(receiver.Url, listed.GetProperty("url").GetString());
        Assert.DoesNotContain("secret", listed.EnumerateObject().Where(member => member.Name != "oldSecretUntil").Select(member => member.Name));
        JsonElement test = await ReadAsync(server, "acme", PersonRoles.Finance, HttpMethod.Post, $"webhooks/{id}/test");
        Assert.Equal(200, test.GetProperty("status").GetInt32());
        Assert.True(Assert.Single(receiver.All).IsSignedWith(secret));

        Assert.Equal(0, (await ReadAsync(server, "rival", PersonRoles.Owner, HttpMethod.Get, "webhooks/")).GetArrayLength());
        await RefusedAsync(server, HttpStatusCode.Forbidden, "rival", PersonRoles.Owner, HttpMethod.Get, "webhooks/?party=acme");
        await RefusedAsync(server, HttpStatusCode.Forbidden, "rival", PersonRoles.Owner, HttpMethod.Post, "webhooks/", new NewWebhook(new PartyId("acme"), receiver.Url));
        await RefusedAsync(server, HttpStatusCode.Forbidden, "acme", PersonRoles.Viewer, HttpMethod.Post, $"webhooks/{id}/remove");
        foreach (string step in new[] { "rotate?overlapHours=1", "enable", "remove", "test", "deliveries/whd_1/replay" })
        {
            await RefusedAsync(server, HttpStatusCode.NotFound, "rival", PersonRoles.Owner, HttpMethod.Post, $"webhooks/{id}/{step}");
        }

        await RefusedAsync(server, HttpStatusCode.NotFound, "rival", PersonRoles.Owner, HttpMethod.Get, $"webhooks/{id}/deliveries");
        await RefusedAsync(server, HttpStatusCode.BadRequest, "acme", PersonRoles.Owner, HttpMethod.Post, "webhooks/", new NewWebhook(new PartyId("acme"), "https://169.254.169.254/"));
        string rotated = (await ReadAsync(server, "acme", PersonRoles.Finance, HttpMethod.Post, $"webhooks/{id}/rotate?overlapHours=1")).GetProperty("secret").GetString()!;
        await ReadAsync(server, "acme", PersonRoles.Operator, HttpMethod.Post, $"webhooks/{id}/remove");
        IReadOnlyList<AuditEntry> entries = await server.Get<IAuditLog>().ListAsync(null, null, new PartyId("acme"), 100, default);
        Assert.Equal(["webhook.remove", "webhook.rotate", "webhook.add"], entries.Select(entry => entry.Action).Where(action => action.StartsWith("webhook.", StringComparison.Ordinal)));
        string told = string.Concat(entries.Select(entry => entry.Asked + entry.Reason));
        Assert.DoesNotContain(secret["whsec_".Length..], told, StringComparison.Ordinal);
        Assert.DoesNotContain(rotated["whsec_".Length..], told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_change_made_through_the_api_reaches_the_endpoint_of_whom_it_concerns()
    {
        await using WebhookReceiver lab = await WebhookReceiver.StartAsync();
        await using WebhookReceiver acme = await WebhookReceiver.StartAsync();
        await using AdminServer server = await AdminServer.StartAsync(services: services => services.AddWebhookDelivery().Configure<WebhookOptions>(options =>
            (options.AllowLoopback, options.PollInterval) = (true, TimeSpan.FromMilliseconds(50))));
        Assert.IsType<LicensingResult<Party>.Done>(await server.Get<IPartyStore>().AddAsync(Actor.Local, new PartyId("acme"), PartyKind.Customer, "Acme", [], default));
        JsonElement ours = await ReadAsync(server, "lab", PersonRoles.Owner, HttpMethod.Post, "webhooks/", new NewWebhook(new PartyId("lab"), lab.Url));
        JsonElement theirs = await ReadAsync(server, "acme", PersonRoles.Owner, HttpMethod.Post, "webhooks/", new NewWebhook(new PartyId("acme"), acme.Url));
        DateTimeOffset from = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        await ReadAsync(server, "lab", PersonRoles.Finance, HttpMethod.Post, "invoices/", new InvoiceRequest
        {
            Issuer = new InvoiceParty(new PartyId("lab"), "Lab", []),
            Customer = new InvoiceParty(new PartyId("acme"), "Acme", []),
            Currency = new Currency("EUR"),
            From = from,
            Until = from.AddMonths(1),
        });
        var terms = new GrantTerms { Models = ["m"], Assets = AssetClasses.All, Rights = UseRight.Use, From = from };
        await ReadAsync(server, "lab", PersonRoles.Owner, HttpMethod.Post, "grants/", new NewOffer(new PartyId("lab"), new PartyId("acme"), terms));
        while (lab.All.Count < 2 || acme.All.IsEmpty)
        {
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }

        Assert.Equal(["grant.offered", "invoice.drafted"], lab.All.Select(Type).Order());
        Assert.Equal(["grant.offered"], acme.All.Select(Type)); // a draft is the issuer's affair
        Assert.All(lab.All, received => Assert.True(received.IsSignedWith(ours.GetProperty("secret").GetString()!)));
        Assert.All(acme.All, received => Assert.True(received.IsSignedWith(theirs.GetProperty("secret").GetString()!)));
        static string Type(WebhookReceiver.Received received) => JsonDocument.Parse(received.Body).RootElement.GetProperty("type").GetString()!;
    }

    [Fact]
    public async Task A_charge_that_passes_half_of_a_keys_budget_reaches_the_keys_party_and_nobody_else()
    {
        await using WebhookReceiver acme = await WebhookReceiver.StartAsync();
        await using WebhookReceiver rival = await WebhookReceiver.StartAsync();
        await using AdminServer server = await AdminServer.StartAsync(services: services => services.AddWebhookDelivery().Configure<WebhookOptions>(options =>
            (options.AllowLoopback, options.PollInterval) = (true, TimeSpan.FromMilliseconds(50))));
        foreach (string party in new[] { "acme", "rival" })
        {
            AdminServer.Done(await server.Get<IPartyStore>().AddAsync(Actor.Local, new PartyId(party), PartyKind.Customer, party, [], default));
        }

        var project = new ProjectId("shop");
        AdminServer.Done(await server.Get<IProjectStore>().AddAsync(Actor.Local, project, "Shop", [new OwnershipShare(new PartyId("acme"), OwnershipShare.Whole)], null, default));
        string key = AdminServer.Done(await server.Get<IApiKeyStore>().CreateAsync(Actor.Local, new NewApiKey { Label = "web", Project = project }, default)).Record.Id;
        await ReadAsync(server, "acme", PersonRoles.Owner, HttpMethod.Post, "webhooks/", new NewWebhook(new PartyId("acme"), acme.Url, ["budget.reached"]));
        await ReadAsync(server, "rival", PersonRoles.Owner, HttpMethod.Post, "webhooks/", new NewWebhook(new PartyId("rival"), rival.Url));
        var grant = new GrantId("grant_a");
        PriceVersion version = await server.Get<IPrices>().PublishAsync(
            new PartyId("lab"),
            """{"plan":"plain","currency":"EUR","rates":[{"model":"*","meter":"input","scheme":"perUnit","price":"0.01"},{"model":"*","meter":"output","scheme":"perUnit","price":"0.01"}]}"""u8.ToArray(), default);
        DateTimeOffset now = server.Get<TimeProvider>().GetUtcNow();
        await server.Get<IPrices>().AssignAsync(new PriceAssignment { PriceVersion = version.Name, Grant = grant, From = now }, default);
        await server.Get<IAccountLimits>().SetAsync(LimitSubject.Key(key), new AccountLimits { SpendPerMonth = new SpendLimit(new Money(Money.NanosPerUnit, new Currency("EUR")), IsHard: true) }, default);
        foreach (long tokens in new[] { 40, 15 })
        {
            AdmissionResult result = await server.Get<IAdmission>().AdmitAsync(
                new AdmissionRequest
                {
                    RequestId = Guid.CreateVersion7(), Key = key, Project = project, Party = new PartyId("acme"), GrantChain = [grant], Epoch = server.Get<IEntitlements>().Epoch,
                    ModelName = "m", ModelDigest = "sha256:00", PromptTokens = tokens, MaxNewTokens = 0,
                },
                default);
            await Assert.IsType<AdmissionResult.Admitted>(result).Request.SettleAsync(new UsageFacts(new ChargedTokens(tokens, 0, 0), 0, 0, RequestOutcome.Completed), default);
        }

        while (acme.All.IsEmpty)
        {
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }

        using JsonDocument body = JsonDocument.Parse(Assert.Single(acme.All).Body);
        JsonElement data = body.RootElement.GetProperty("data");
        Assert.Equal((50, "month", "0.55"), (data.GetProperty("percent").GetInt32(), data.GetProperty("period").GetString(), data.GetProperty("spent").GetProperty("amount").GetString()));
        Assert.Equal(key, data.GetProperty("subject").GetProperty("id").GetString());
        Assert.Empty(rival.All);
    }

    private static async Task<JsonElement> ReadAsync(AdminServer server, string party, PersonRoles role, HttpMethod method, string path, object? body = null)
    {
        using HttpResponseMessage response = await server.SendAsync(party, role, method, path, body);
        string text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(response.IsSuccessStatusCode, text);
        using JsonDocument document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }

    private static async Task RefusedAsync(AdminServer server, HttpStatusCode status, string party, PersonRoles role, HttpMethod method, string path, object? body = null)
    {
        using HttpResponseMessage response = await server.SendAsync(party, role, method, path, body);
        Assert.True(response.StatusCode == status, $"{method} {path}: {response.StatusCode} {await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)}");
    }
}
