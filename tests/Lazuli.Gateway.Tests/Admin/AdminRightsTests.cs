using System.Net;
using System.Text.Json;
using Lazuli.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Lazuli.Gateway.Tests;

public sealed class AdminRightsTests
{
    private static readonly PersonRoles[] s_roles = [PersonRoles.Owner, PersonRoles.Operator, PersonRoles.SafetyOfficer, PersonRoles.Finance, PersonRoles.Viewer];

    // Who may change money is written down here a second time, by hand: a slip in the endpoints must not pass for the intention.
    private static readonly Dictionary<string, string> s_table = new()
    {
        ["ChangeMoney"] = "AddCredit AllotPledge AssignPrices DraftInvoice FinaliseInvoice GrantCredit IssueRoyaltyStatement PayInvoice Pledge PublishPrices VoidInvoice WriteOffInvoice",
        ["ChangeInstallationMoney"] = "BeatMeterSource CloseMeterSource CommitCapital CorrectUsage DrawCapital DropQuarantined MeetCondition RegisterMeterSource ReleaseQuarantined ReturnCapital SpendOnCompute TakeMeterEvents",
        ["SetLimits"] = "SetLimits",
        ["ReadInstallation"] = "BenefitReport ListMeterSources ListQuarantine ShowLog VerifyAudit VerifyLedger",
    };

    [Fact]
    public async Task Every_endpoint_says_what_it_needs()
    {
        await using AdminServer server = await AdminServer.StartAsync();
        RouteEndpoint[] endpoints = Endpoints(server);
        Assert.True(endpoints.Length > 60, $"{endpoints.Length} endpoints");
        Assert.Equal([], endpoints.Where(endpoint => endpoint.Metadata.GetMetadata<AdminNeed>() is null).Select(endpoint => endpoint.DisplayName));
    }

    [Fact]
    public async Task What_only_reads_or_asks_licensing_is_no_change_of_money()
    {
        await using AdminServer server = await AdminServer.StartAsync();
        foreach (RouteEndpoint endpoint in Endpoints(server))
        {
            AdminRight right = endpoint.Metadata.GetMetadata<AdminNeed>()!.Right;
            bool reads = Method(endpoint) == HttpMethod.Get || Name(endpoint) is "DecideEntitlement" or "ExplainEntitlement" or "VerifyLedger" or "VerifyAudit";
            Assert.Equal(reads, right is AdminRight.Read or AdminRight.ReadInstallation);
        }
    }

    [Fact]
    public async Task Rights_are_where_they_should_be()
    {
        await using AdminServer server = await AdminServer.StartAsync();
        foreach ((string right, string names) in s_table)
        {
            Assert.Equal(names.Split(' '), Endpoints(server).Where(e => e.Metadata.GetMetadata<AdminNeed>()!.Right.ToString() == right).Select(Name).Order(StringComparer.Ordinal));
        }
    }

    [Fact]
    public async Task The_description_says_of_every_operation_who_may_call_it()
    {
        await using AdminServer server = await AdminServer.StartAsync();
        using HttpResponseMessage response = await server.SendAsync("lab", PersonRoles.Viewer, HttpMethod.Get, "openapi.json");
        using JsonDocument document = JsonDocument.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal("bearer", document.RootElement.GetProperty("components").GetProperty("securitySchemes").GetProperty("bearer").GetProperty("scheme").GetString());
        Assert.True(document.RootElement.GetProperty("security")[0].TryGetProperty("bearer", out _));
        JsonElement[] operations = [.. document.RootElement.GetProperty("paths").EnumerateObject().SelectMany(path => path.Value.EnumerateObject()).Select(operation => operation.Value)];
        Assert.Equal(Endpoints(server).Length - 1, operations.Length); // all but the description itself
        Assert.All(operations, operation => Assert.NotEmpty(operation.GetProperty("description").GetString()!));
    }

    [Fact]
    public async Task An_endpoint_that_says_nothing_answers_nobody()
    {
        await using AdminServer server = await AdminServer.StartAsync(map: app => app.MapGet("/admin/v1/forgotten", () => "everything"));
        using HttpResponseMessage remote = await server.SendAsync(null, PersonRoles.Owner, HttpMethod.Get, "forgotten");
        using HttpResponseMessage local = await server.SendLocallyAsync(HttpMethod.Get, "forgotten");
        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.Forbidden), (remote.StatusCode, local.StatusCode));
    }

    [Fact]
    public async Task Every_role_is_refused_exactly_what_its_right_does_not_give()
    {
        await using AdminServer server = await AdminServer.StartAsync();
        foreach (PersonRoles role in s_roles)
        {
            foreach (string? party in new[] { null, "lab" })
            {
                foreach (RouteEndpoint endpoint in Endpoints(server).Where(e => e.Metadata.GetMetadata<AdminNeed>()!.Right != AdminRight.AskLicensing))
                {
                    AdminRight right = endpoint.Metadata.GetMetadata<AdminNeed>()!.Right;
                    bool may = (AdminRights.RolesFor(right) & role) != PersonRoles.None && (party is null || right is not (AdminRight.ReadInstallation or AdminRight.ChangeInstallationMoney));
                    using HttpResponseMessage response = await server.SendAsync(party, role, Method(endpoint), PathOf(endpoint));
                    string told = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
                    bool refused = response.StatusCode == HttpStatusCode.Forbidden && (told.Contains("; this wants ", StringComparison.Ordinal) || told.Contains("installation's own people", StringComparison.Ordinal));
                    Assert.True(may == !refused, $"{role} of {party ?? "the installation"}: {Method(endpoint)} {PathOf(endpoint)}: {(int)response.StatusCode} {told}");
                    Assert.True(may || response.StatusCode == HttpStatusCode.Forbidden);
                }
            }
        }

        // Nothing of all that was a change, so the audit tells of the people and their tokens only.
        IReadOnlyList<AuditEntry> entries = await server.Get<IAuditLog>().ListAsync(null, null, null, 1000, default);
        Assert.All(entries, entry => Assert.Contains(entry.Action, new[] { "person.add", "token.create" }));
    }

    [Theory]
    [InlineData(PersonRoles.Viewer, false)]
    [InlineData(PersonRoles.SafetyOfficer, false)]
    [InlineData(PersonRoles.Finance, false)]
    [InlineData(PersonRoles.Operator, true)]
    public async Task Licensing_refuses_by_its_own_table(PersonRoles role, bool may)
    {
        await using AdminServer server = await AdminServer.StartAsync();
        using HttpResponseMessage response = await server.SendAsync(null, role, HttpMethod.Post, "parties/", new NewParty(new PartyId("acme"), PartyKind.Customer, "Acme"));
        Assert.Equal(may ? HttpStatusCode.OK : HttpStatusCode.Forbidden, response.StatusCode);
    }

    private static RouteEndpoint[] Endpoints(AdminServer server) =>
        [.. server.Get<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().Where(endpoint => endpoint.RoutePattern.RawText!.TrimStart('/').StartsWith("admin", StringComparison.Ordinal))];

    private static string Name(RouteEndpoint endpoint) => endpoint.Metadata.GetMetadata<IEndpointNameMetadata>()?.EndpointName ?? "openapi";

    private static HttpMethod Method(RouteEndpoint endpoint) => new(endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()!.HttpMethods[0]);

    private static string PathOf(RouteEndpoint endpoint) => endpoint.RoutePattern.RawText!
        .Replace("{id:guid}", Guid.Empty.ToString(), StringComparison.Ordinal)
        .Replace("{id:long}", "0", StringComparison.Ordinal)
        .Replace("{tranche}", "1", StringComparison.Ordinal)
        .Replace("{kind}", "key", StringComparison.Ordinal)
        .Replace("{documentName}", "openapi", StringComparison.Ordinal)
        .Replace("{", "", StringComparison.Ordinal).Replace("}", "", StringComparison.Ordinal);
}
