using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Lazuli.Contracts;

namespace Lazuli.Gateway.Tests;

/// <summary>Meter events from outside over HTTP, by the installation's own people.</summary>
public sealed class OutsideEventEndpointTests
{
    private static readonly DateTimeOffset s_now = TimeProvider.System.GetUtcNow();

    [Fact]
    public async Task Events_are_taken_held_released_corrected_and_entered_in_the_audit()
    {
        await using AdminServer server = await AdminServer.StartAsync();
        AdminServer.Done(await server.Get<IPartyStore>().AddAsync(Actor.Local, new PartyId("buyer"), PartyKind.Customer, "Buyer", [], default));
        AdminServer.Done(await server.Get<IProjectStore>().AddAsync(Actor.Local, new ProjectId("support"), "Support", [new OwnershipShare(new PartyId("buyer"), 10_000)], null, default));
        using (HttpResponseMessage registered = await server.SendAsync(null, PersonRoles.Finance, HttpMethod.Post, "usage/sources", new NewMeterSource("node-9", new PartyId("buyer"))))
        {
            Assert.Equal(HttpStatusCode.OK, registered.StatusCode);
        }

        EventVerdict unknown = (await TakeAsync(server, Event(1)))[0];
        Assert.Equal((EventVerdictKind.Quarantined, QuarantineReason.UnknownModel), (unknown.Kind, unknown.Reason));
        AdminServer.Done(await server.Get<IModelPolicies>().SetOwnersAsync(Actor.Local, "tiny", [new OwnershipShare(new PartyId("buyer"), 10_000)], default));
        QuarantinedEvent[] held = await server.ReadAsync<QuarantinedEvent[]>(null, PersonRoles.Finance, "usage/quarantine");
        using (HttpResponseMessage released = await server.SendAsync(null, PersonRoles.Finance, HttpMethod.Post, $"usage/quarantine/{held[0].Id}/release", new Because("it has an owner now")))
        {
            Assert.Equal(HttpStatusCode.OK, released.StatusCode);
        }

        Assert.Equal([EventVerdictKind.Duplicate, EventVerdictKind.Accepted], (await TakeAsync(server, Event(1), Event(2))).Select(verdict => verdict.Kind));
        using (HttpResponseMessage corrected = await server.SendAsync(
            null, PersonRoles.Finance, HttpMethod.Post, "usage/corrections", new EventCorrection { Event = new EventIdentity("node-9", 2), Completion = 3, Reason = "blocked" }))
        {
            MeterEvent written = (await corrected.Content.ReadFromJsonAsync<MeterEvent>(AdminJson.Options))!;
            Assert.Equal((-7L, new EventIdentity("node-9", 2)), (written.Tokens.Completion, written.Corrects!));
        }

        Assert.Equal(3, (await server.ReadAsync<MeterEmitter[]>(null, PersonRoles.Finance, "usage/sources"))[0].Next);
        IReadOnlyList<AuditEntry> entries = await server.Get<IAuditLog>().ListAsync(null, null, null, 100, default);
        Assert.Equal(
            ["usage.correct", "usage.events", "usage.quarantine.release", "usage.events", "usage.source.register"],
            entries.Select(entry => entry.Action).Where(action => action.StartsWith("usage.", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Malformed_and_oversized_documents_are_refused_with_the_place()
    {
        await using AdminServer server = await AdminServer.StartAsync();
        using HttpResponseMessage broken = await PostAsync(server, new JsonArray(Event(1), new JsonObject { ["specversion"] = "1.0" }).ToJsonString());
        Assert.Equal(HttpStatusCode.BadRequest, broken.StatusCode);
        Assert.StartsWith("$[1].type: expected", await AdminServer.DetailAsync(broken), StringComparison.Ordinal);
        using HttpResponseMessage empty = await PostAsync(server, "");
        Assert.Equal(HttpStatusCode.BadRequest, empty.StatusCode);
        using HttpResponseMessage large = await PostAsync(server, new string(' ', (4 << 20) + 1));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, large.StatusCode);
        Assert.Empty(await server.ReadAsync<QuarantinedEvent[]>(null, PersonRoles.Finance, "usage/quarantine")); // nothing of a malformed list was taken
    }

    private static JsonObject Event(long number) => new()
    {
        ["specversion"] = "1.0",
        ["type"] = "lazuli.usage.request",
        ["source"] = "node-9",
        ["id"] = number.ToString(System.Globalization.CultureInfo.InvariantCulture),
        ["time"] = s_now.AddMinutes(-number).ToString("yyyy-MM-dd'T'HH:mm:00'Z'", System.Globalization.CultureInfo.InvariantCulture),
        ["subject"] = "buyer",
        ["priceversion"] = "internal@1",
        ["modeldigest"] = "sha256:00",
        ["data"] = new JsonObject { ["project"] = "support", ["model"] = "tiny", ["outcome"] = "Completed", ["promptTokens"] = "100", ["completionTokens"] = "10", ["currency"] = "EUR" },
    };

    private static async Task<EventVerdict[]> TakeAsync(AdminServer server, params JsonObject[] events)
    {
        using HttpResponseMessage response = await PostAsync(server, events.Length == 1 ? events[0].ToJsonString() : new JsonArray([.. events]).ToJsonString());
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return (await response.Content.ReadFromJsonAsync<EventVerdict[]>(AdminJson.Options))!;
    }

    private static async Task<HttpResponseMessage> PostAsync(AdminServer server, string json)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "usage/events") { Content = new StringContent(json, Encoding.UTF8, "application/cloudevents-batch+json") };
        request.Headers.Authorization = new("Bearer", await server.TokenAsync(null, PersonRoles.Finance));
        request.Headers.ExpectContinue = true; // so that a body which is refused for its length is not sent into a closed connection
        return await server.Remote.SendAsync(request);
    }
}
