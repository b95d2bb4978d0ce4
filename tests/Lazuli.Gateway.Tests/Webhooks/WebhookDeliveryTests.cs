using System.Text.Json;
using Lazuli.Contracts;
using Lazuli.Storage;
using static Lazuli.Gateway.Tests.WebhookWorld;

namespace Lazuli.Gateway.Tests;

public sealed class WebhookDeliveryTests
{
    private static readonly OutboxAudience ForAcme = new(OutboxAudienceKind.Party, "acme");

    public static TheoryData<DatabaseKind> Kinds => [DatabaseKind.Sqlite, DatabaseKind.Postgres];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task An_event_is_posted_once_signed_and_small(DatabaseKind kind)
    {
        await using WebhookWorld world = await OpenAsync(kind);
        await using WebhookReceiver receiver = await WebhookReceiver.StartAsync();
        WebhookWithSecret added = await world.AddAsync(Acme, receiver.Url);
        await world.TellAsync("invoice.paid", ForAcme);
        Assert.Equal(1, await world.TurnAsync());
        Assert.Equal(0, await world.TurnAsync());
        WebhookReceiver.Received received = Assert.Single(receiver.All);
        Assert.Equal(("POST", "/hook", "application/json"), (received.Method, received.Path, received.ContentType));
        Assert.True(received.IsSignedWith(added.Secret));
        Assert.Equal(world.Time.GetUtcNow().ToUnixTimeSeconds(), received.Timestamp);
        Assert.StartsWith("evt_", received.Id, StringComparison.Ordinal);
        using JsonDocument body = JsonDocument.Parse(received.Body);
        Assert.Equal("invoice.paid", body.RootElement.GetProperty("type").GetString());
        Assert.Equal("2026-11-23T12:00:00Z", body.RootElement.GetProperty("timestamp").GetString());
        Assert.Equal("inv_1", body.RootElement.GetProperty("data").GetProperty("invoice").GetString());
        Assert.Equal(WebhookDeliveryState.Delivered, (await world.OnlyDeliveryAsync(added.Endpoint.Id)).State);
    }

    [Fact]
    public async Task Each_party_gets_its_own_events_of_the_types_that_it_wants()
    {
        await using WebhookWorld world = await OpenAsync();
        await using WebhookReceiver acme = await WebhookReceiver.StartAsync();
        await using WebhookReceiver rival = await WebhookReceiver.StartAsync();
        await world.AddAsync(Acme, acme.Url, "invoice.*", "budget.reached");
        WebhookWithSecret theirs = await world.AddAsync(Rival, rival.Url);
        await world.TellAsync("invoice.paid", ForAcme);
        await world.TellAsync("grant.signed", ForAcme);
        await world.TellAsync("invoice.overdue", ForAcme, new OutboxAudience(OutboxAudienceKind.Party, "rival"));
        await world.TurnAsync();
        Assert.Equal(["invoice.paid", "invoice.overdue"], acme.All.Select(TypeOf));
        WebhookReceiver.Received shared = Assert.Single(rival.All);
        Assert.Equal("invoice.overdue", TypeOf(shared));
        Assert.True(shared.IsSignedWith(theirs.Secret));
        Assert.Equal(acme.All.Last().Id, shared.Id);
        Assert.False(acme.All.Last().IsSignedWith(theirs.Secret));
    }

    private static string TypeOf(WebhookReceiver.Received received)
    {
        using JsonDocument body = JsonDocument.Parse(received.Body);
        return body.RootElement.GetProperty("type").GetString()!;
    }
}
