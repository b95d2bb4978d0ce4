using System.Text.Json;
using Lazuli.Contracts;
using Lazuli.Storage;
using Lazuli.Testing;
using Microsoft.AspNetCore.Http;
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

    [Fact]
    public async Task A_failed_try_is_made_again_at_the_times_of_the_specification_with_the_same_id_and_a_new_timestamp()
    {
        await using WebhookWorld world = await OpenAsync(configure: options => options.DisableAfter = TimeSpan.FromDays(60));
        await using WebhookReceiver receiver = await WebhookReceiver.StartAsync();
        receiver.Answer = Status(500);
        WebhookWithSecret added = await world.AddAsync(Acme, receiver.Url);
        await world.TellAsync("invoice.paid", ForAcme);
        var waits = new List<TimeSpan>();
        for (int tries = 1; ; tries++)
        {
            DateTimeOffset now = world.Time.GetUtcNow();
            Assert.Equal(1, await world.TurnAsync());
            WebhookDelivery delivery = await world.OnlyDeliveryAsync(added.Endpoint.Id);
            Assert.Equal((tries, 500, "HTTP 500."), (delivery.Tries, delivery.LastStatus, delivery.LastError));
            if (delivery.DueAt is not { } due)
            {
                Assert.Equal(WebhookDeliveryState.Failed, delivery.State);
                break;
            }

            waits.Add(due - now);
            world.Time.SetUtcNow(due.AddTicks(-1));
            Assert.Equal(0, await world.TurnAsync());
            world.Time.SetUtcNow(due);
        }

        double[] wanted = [5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400];
        Assert.Equal(wanted.Length, waits.Count);
        Assert.All(wanted.Zip(waits), pair => Assert.InRange(pair.Second.TotalSeconds, pair.First, pair.First * 1.1));
        Assert.Equal(10, receiver.All.Count);
        Assert.Single(receiver.All.Select(received => received.Id).Distinct());
        Assert.Single(receiver.All.Select(received => received.Text).Distinct());
        Assert.Equal(10, receiver.All.Select(received => received.Timestamp).Distinct().Count());
        Assert.All(receiver.All, received => Assert.True(received.IsSignedWith(added.Secret)));
    }

    [Fact]
    public async Task What_an_endpoint_asks_for_is_heeded_up_to_a_day()
    {
        await using WebhookWorld world = await OpenAsync();
        await using WebhookReceiver receiver = await WebhookReceiver.StartAsync();
        receiver.Answer = (context, _) =>
        {
            context.Response.StatusCode = 429;
            context.Response.Headers.RetryAfter = receiver.All.Count == 1 ? "600" : "9999999";
            return Task.CompletedTask;
        };
        WebhookWithSecret added = await world.AddAsync(Acme, receiver.Url);
        await world.TellAsync("invoice.paid", ForAcme);
        await world.TurnAsync();
        Assert.Equal(TimeSpan.FromMinutes(10), (await world.OnlyDeliveryAsync(added.Endpoint.Id)).DueAt - world.Time.GetUtcNow());
        world.Time.Advance(TimeSpan.FromMinutes(10));
        await world.TurnAsync();
        Assert.Equal(TimeSpan.FromDays(1), (await world.OnlyDeliveryAsync(added.Endpoint.Id)).DueAt - world.Time.GetUtcNow());
    }

    [Fact]
    public async Task An_endpoint_that_takes_too_long_is_cut_off()
    {
        await using WebhookWorld world = await OpenAsync();
        await using WebhookReceiver receiver = await WebhookReceiver.StartAsync();
        var arrived = new TaskCompletionSource();
        receiver.Answer = async (context, _) =>
        {
            arrived.SetResult();
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        };
        WebhookWithSecret added = await world.AddAsync(Acme, receiver.Url);
        await world.TellAsync("invoice.paid", ForAcme);
        Task<int> turn = world.TurnAsync();
        await arrived.Task;
        world.Time.Advance(TimeSpan.FromSeconds(15));
        Assert.Equal(1, await turn);
        Assert.Equal("No answer within 15 s.", (await world.OnlyDeliveryAsync(added.Endpoint.Id)).LastError);
    }

    [Fact]
    public async Task A_redirect_is_a_failure_and_is_not_followed()
    {
        await using WebhookWorld world = await OpenAsync();
        await using WebhookReceiver receiver = await WebhookReceiver.StartAsync();
        await using WebhookReceiver elsewhere = await WebhookReceiver.StartAsync();
        receiver.Answer = (context, _) =>
        {
            context.Response.Redirect(elsewhere.Url, permanent: false, preserveMethod: true);
            return Task.CompletedTask;
        };
        WebhookWithSecret added = await world.AddAsync(Acme, receiver.Url);
        await world.TellAsync("invoice.paid", ForAcme);
        await world.TurnAsync();
        Assert.Empty(elsewhere.All);
        Assert.StartsWith("HTTP 307", (await world.OnlyDeliveryAsync(added.Endpoint.Id)).LastError, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Gone_switches_an_endpoint_off_with_an_audit_entry_until_it_is_enabled()
    {
        await using WebhookWorld world = await OpenAsync();
        await using WebhookReceiver receiver = await WebhookReceiver.StartAsync();
        receiver.Answer = Status(410);
        WebhookWithSecret added = await world.AddAsync(Acme, receiver.Url);
        await world.TellAsync("invoice.paid", ForAcme);
        await world.TellAsync("invoice.overdue", ForAcme);
        Assert.Equal(1, await world.TurnAsync());
        WebhookEndpoint off = Assert.Single(await world.Register.ListAsync(Actor.Local, Acme, default));
        Assert.Equal((world.Time.GetUtcNow(), "It answered 410 Gone."), (off.DisabledAt!.Value, off.DisabledReason));
        AuditEntry entry = (await world.Get<IAuditLog>().ListAsync(null, added.Endpoint.Id, Acme, 10, default))[0];
        Assert.Equal(("webhook.disable", "webhooks", "It answered 410 Gone."), (entry.Action, entry.Actor, entry.Reason));
        Assert.All(await world.Register.DeliveriesAsync(Actor.Local, added.Endpoint.Id, null, 10, default), delivery => Assert.Equal(WebhookDeliveryState.Failed, delivery.State));
        await world.TellAsync("invoice.voided", ForAcme);
        Assert.Equal(0, await world.TurnAsync());
        receiver.Answer = Status(204);
        await world.Register.EnableAsync(Actor.Local, added.Endpoint.Id, default);
        await world.TellAsync("invoice.paid", ForAcme);
        Assert.Equal(1, await world.TurnAsync());
    }

    [Fact]
    public async Task An_endpoint_that_fails_for_days_is_switched_off_and_one_that_recovers_is_not()
    {
        await using WebhookWorld world = await OpenAsync(configure: options => options.DisableAfter = TimeSpan.FromDays(2));
        await using WebhookReceiver receiver = await WebhookReceiver.StartAsync();
        receiver.Answer = Status(500);
        await world.AddAsync(Acme, receiver.Url);
        await world.TellAsync("invoice.paid", ForAcme);
        await world.TurnAsync();
        Assert.NotNull((await world.Register.ListAsync(Actor.Local, Acme, default))[0].FailingSince);
        world.Time.Advance(TimeSpan.FromDays(1));
        receiver.Answer = Status(200);
        await world.TurnAsync();
        Assert.Null((await world.Register.ListAsync(Actor.Local, Acme, default))[0].FailingSince);
        receiver.Answer = Status(500);
        await world.TellAsync("invoice.paid", ForAcme);
        await world.TurnAsync();
        world.Time.Advance(TimeSpan.FromDays(1.9));
        await world.TurnAsync();
        Assert.Null((await world.Register.ListAsync(Actor.Local, Acme, default))[0].DisabledAt);
        world.Time.Advance(TimeSpan.FromDays(1));
        await world.TurnAsync();
        Assert.StartsWith("Nothing was delivered since", (await world.Register.ListAsync(Actor.Local, Acme, default))[0].DisabledReason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_rotated_secret_signs_beside_the_old_one_for_a_while()
    {
        await using WebhookWorld world = await OpenAsync();
        await using WebhookReceiver receiver = await WebhookReceiver.StartAsync();
        WebhookWithSecret first = await world.AddAsync(Acme, receiver.Url);
        WebhookWithSecret second = await world.Register.RotateAsync(Actor.Local, first.Endpoint.Id, TimeSpan.FromHours(24), default);
        Assert.Equal(world.Time.GetUtcNow().AddHours(24), second.Endpoint.OldSecretUntil);
        await world.TellAsync("invoice.paid", ForAcme);
        await world.TurnAsync();
        world.Time.Advance(TimeSpan.FromHours(24));
        await world.TellAsync("invoice.paid", ForAcme);
        await world.TurnAsync();
        Assert.Equal([2, 1], receiver.All.Select(received => received.Signature.Split(' ').Length));
        Assert.All(receiver.All, received => Assert.True(received.IsSignedWith(second.Secret)));
        Assert.Equal([true, false], receiver.All.Select(received => received.IsSignedWith(first.Secret)));
    }

    [Fact]
    public async Task What_ended_is_kept_for_a_while_and_can_be_sent_once_more()
    {
        await using WebhookWorld world = await OpenAsync();
        await using WebhookReceiver receiver = await WebhookReceiver.StartAsync();
        WebhookWithSecret added = await world.AddAsync(Acme, receiver.Url);
        await world.TellAsync("invoice.paid", ForAcme);
        await world.TurnAsync();
        WebhookDelivery delivered = await world.OnlyDeliveryAsync(added.Endpoint.Id);
        await world.Register.ReplayAsync(Actor.Local, added.Endpoint.Id, delivered.Id, default);
        Assert.Equal(1, await world.TurnAsync());
        Assert.Single(receiver.All.Select(received => received.Id).Distinct());
        Assert.Equal(2, receiver.All.Count);
        world.Time.Advance(TimeSpan.FromDays(29));
        Assert.Equal(0, await world.Queue.PruneAsync(default));
        world.Time.Advance(TimeSpan.FromDays(2));
        Assert.Equal(1, await world.Queue.PruneAsync(default));
        await world.Get<WebhookFanOut>().PruneAsync(world.Time.GetUtcNow().AddDays(-30), default);
        Assert.Empty(await Outbox.ReadAsync(world.Money.Database, 0, 10, default));
        await Assert.ThrowsAsync<AdminRefusedException>(() => world.Register.ReplayAsync(Actor.Local, added.Endpoint.Id, delivered.Id, default));
    }

    [Fact]
    public async Task One_endpoint_gets_its_events_in_order_and_a_slow_one_holds_up_no_other()
    {
        await using WebhookWorld world = await OpenAsync();
        await using WebhookReceiver acme = await WebhookReceiver.StartAsync();
        await using WebhookReceiver rival = await WebhookReceiver.StartAsync();
        var mayAnswer = new TaskCompletionSource();
        acme.Answer = (_, _) => mayAnswer.Task;
        await world.AddAsync(Acme, acme.Url);
        await world.AddAsync(Rival, rival.Url);
        for (int i = 0; i < 5; i++)
        {
            await world.TellAsync("invoice.paid", ForAcme);
            await world.TellAsync("invoice.paid", new OutboxAudience(OutboxAudienceKind.Party, "rival"));
        }

        using WebhookService service = world.Service;
        await service.StartAsync(default);
        await UntilAsync(world, () => rival.All.Count == 5);
        Assert.True(acme.All.Count <= 1);
        mayAnswer.SetResult();
        await UntilAsync(world, () => acme.All.Count == 5);
        await service.StopAsync(default);
        Assert.Equal(acme.All.Select(received => received.Id).Distinct().Count(), acme.All.Count);
    }

    [Fact]
    public async Task Events_of_before_an_endpoint_was_added_are_not_sent_to_it_nor_those_of_a_closed_party()
    {
        await using WebhookWorld world = await OpenAsync();
        await using WebhookReceiver receiver = await WebhookReceiver.StartAsync();
        await world.TellAsync("invoice.paid", ForAcme);
        world.Time.Advance(TimeSpan.FromSeconds(1));
        await world.AddAsync(Acme, receiver.Url);
        Assert.Equal(0, await world.TurnAsync());
        await world.Get<IPartyStore>().CloseAsync(Actor.Local, Acme, default);
        await world.TellAsync("invoice.paid", ForAcme);
        Assert.Equal(0, await world.TurnAsync());
    }

    [Fact]
    public async Task A_budget_of_a_key_and_an_event_of_a_grant_reach_the_parties_behind_them()
    {
        await using WebhookWorld world = await OpenAsync();
        await using WebhookReceiver acme = await WebhookReceiver.StartAsync();
        await using WebhookReceiver lab = await WebhookReceiver.StartAsync();
        await world.AddAsync(Acme, acme.Url);
        await world.AddAsync(Lab, lab.Url, "grant.*", "budget.reached");
        Assert.IsType<LicensingResult<Project>.Done>(await world.Get<IProjectStore>().AddAsync(Actor.Local, new ProjectId("shop"), "Shop", [new OwnershipShare(Acme, 10_000)], null, default));
        var key = Assert.IsType<LicensingResult<CreatedApiKey>.Done>(await world.Get<IApiKeyStore>().CreateAsync(Actor.Local, new NewApiKey { Label = "web", Project = new ProjectId("shop") }, default));
        var terms = new GrantTerms { Models = ["m"], Assets = AssetClasses.All, Rights = UseRight.Use, From = world.Time.GetUtcNow() };
        Assert.IsType<LicensingResult<Grant>.Done>(await world.Get<IGrantStore>().OfferAsync(Actor.Local, Lab, Acme, null, terms, default));
        await world.TellAsync("budget.reached", new OutboxAudience(OutboxAudienceKind.Key, key.Value.Record.Id));
        await world.TellAsync("budget.reached", new OutboxAudience(OutboxAudienceKind.Project, "shop"));
        await world.TurnAsync();
        Assert.Equal(["budget.reached", "budget.reached", "grant.offered"], acme.All.Select(TypeOf).Order());
        Assert.Equal(["grant.offered"], lab.All.Select(TypeOf));
    }

    private static Func<HttpContext, WebhookReceiver.Received, Task> Status(int status) => (context, _) =>
    {
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    };

    /// <summary>Lets the service's clock run until something holds.</summary>
    private static async Task UntilAsync(WebhookWorld world, Func<bool> holds)
    {
        while (!holds())
        {
            world.Time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
    }

    private static string TypeOf(WebhookReceiver.Received received)
    {
        using JsonDocument body = JsonDocument.Parse(received.Body);
        return body.RootElement.GetProperty("type").GetString()!;
    }
}
