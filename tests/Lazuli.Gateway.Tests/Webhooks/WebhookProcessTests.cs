using Lazuli.Contracts;
using Lazuli.Storage;
using Lazuli.Testing;
using static Lazuli.Gateway.Tests.WebhookWorld;

namespace Lazuli.Gateway.Tests;

/// <summary>What processes that come, go and work at the same time do to events.</summary>
public sealed class WebhookProcessTests
{
    private static readonly OutboxAudience ForAcme = new(OutboxAudienceKind.Party, "acme");

    [Fact]
    public async Task Two_gateways_on_one_database_deliver_each_event_once()
    {
        await using WebhookWorld first = await OpenAsync(DatabaseKind.Postgres);
        await using WebhookWorld second = first.OpenAgain();
        await using WebhookReceiver receiver = await WebhookReceiver.StartAsync();
        WebhookWithSecret added = await first.AddAsync(Acme, receiver.Url);
        const int Events = 60;
        Task telling = Task.Run(async () =>
        {
            for (int i = 0; i < Events; i++)
            {
                await first.TellAsync("invoice.paid", ForAcme);
            }
        });
        async Task<int> WorkAsync(WebhookWorld world)
        {
            int made = 0;
            while (receiver.All.Count < Events)
            {
                made += await world.TurnAsync();
            }

            return made;
        }

        int[] tries = await Task.WhenAll(WorkAsync(first), WorkAsync(second));
        await telling;
        Assert.Equal(0, await first.TurnAsync() + await second.TurnAsync());
        Assert.Equal(Events, tries.Sum());
        Assert.Equal(Events, receiver.All.Count);
        Assert.Equal(Events, receiver.All.Select(received => received.Id).Distinct().Count());
        Assert.All(receiver.All, received => Assert.True(received.IsSignedWith(added.Secret)));
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    public async Task What_a_process_took_and_did_not_finish_the_next_one_sends_under_the_same_id(DatabaseKind kind)
    {
        await using WebhookWorld world = await OpenAsync(kind);
        await using WebhookReceiver receiver = await WebhookReceiver.StartAsync();
        await world.AddAsync(Acme, receiver.Url);
        await world.TellAsync("invoice.paid", ForAcme);

        // The event is written and the process gone, before anything was handed out; then one that took it, and even sent it, is gone too.
        await using WebhookWorld second = world.OpenAgain();
        await second.Get<WebhookFanOut>().RunAsync(default);
        WebhookClaim claim = Assert.Single(await second.Queue.ClaimAsync(16, default));
        await second.Get<WebhookSender>().SendAsync(claim.Endpoint.Url, claim.Delivery.Event, claim.Delivery.Body, claim.Endpoint.Secrets(second.Get<WebhookKeyFile>(), world.Time.GetUtcNow()), default);

        await using WebhookWorld third = world.OpenAgain();
        Assert.Equal(0, await third.TurnAsync());
        if (kind == DatabaseKind.Sqlite)
        {
            await third.Queue.RecoverAsync(default); // the file has one process, so what is taken at its start was a dead one's
        }
        else
        {
            world.Time.Advance(TimeSpan.FromSeconds(45)); // the lease is over
        }

        Assert.Equal(1, await third.TurnAsync());
        Assert.Equal(2, receiver.All.Count);
        Assert.Single(receiver.All.Select(received => received.Id).Distinct());

        // The one that was thought dead comes too late to say anything.
        Assert.Null(await second.Queue.FinishAsync(claim, new WebhookAnswer(410, "HTTP 410."), 0, default));
        Assert.Null(Assert.Single(await world.Register.ListAsync(Actor.Local, Acme, default)).DisabledAt);
    }

    [Fact]
    public async Task A_stopped_service_gives_back_what_is_under_way()
    {
        await using WebhookWorld world = await OpenAsync();
        await using WebhookReceiver receiver = await WebhookReceiver.StartAsync();
        var arrived = new TaskCompletionSource();
        receiver.Answer = async (context, _) =>
        {
            arrived.TrySetResult();
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        };
        WebhookWithSecret added = await world.AddAsync(Acme, receiver.Url);
        await world.TellAsync("invoice.paid", ForAcme);
        using WebhookService service = world.Service;
        await service.StartAsync(default);
        await arrived.Task;
        await service.StopAsync(default);
        WebhookDelivery delivery = await world.OnlyDeliveryAsync(added.Endpoint.Id);
        Assert.Equal((WebhookDeliveryState.Pending, 0), (delivery.State, delivery.Tries));
        receiver.Answer = (_, _) => Task.CompletedTask;
        await using WebhookWorld next = world.OpenAgain();
        Assert.Equal(1, await next.TurnAsync());
    }

    [Fact]
    public async Task A_gateway_with_another_key_file_leaves_deliveries_to_those_that_can_sign_them()
    {
        await using WebhookWorld first = await OpenAsync();
        await using WebhookReceiver receiver = await WebhookReceiver.StartAsync();
        WebhookWithSecret added = await first.AddAsync(Acme, receiver.Url);
        await first.TellAsync("invoice.paid", ForAcme);
        string elsewhere = Path.Combine(Path.GetDirectoryName(first.Platform.Name)!, "other.key");
        await using WebhookWorld second = first.OpenAgain(options => options.KeyFile = elsewhere);
        Assert.Equal(0, await second.TurnAsync());
        _ = second.Get<WebhookKeyFile>().Name;
        Assert.Equal(0, await second.TurnAsync());
        await Assert.ThrowsAsync<AdminRefusedException>(() => second.Register.TestAsync(Actor.Local, added.Endpoint.Id, default));
        Assert.Equal(1, await first.TurnAsync());
    }

    [Fact]
    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    public async Task The_key_file_is_its_owners_alone_and_no_secret_stands_in_the_database()
    {
        await using WebhookWorld world = await OpenAsync();
        WebhookWithSecret added = await world.AddAsync(Acme, "https://hooks.example.com/lazuli");
        string key = Path.Combine(Path.GetDirectoryName(world.Platform.Name)!, "keys", "webhooks.key");
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(key));
        byte[] secret = Convert.FromBase64String(added.Secret["whsec_".Length..]);
        byte[] stored = (await world.Platform.QueryAsync<byte[]>("SELECT secret FROM webhook_endpoints", null, default))[0];
        Assert.True(stored.AsSpan().IndexOf(secret.AsSpan(0, 8)) < 0);
        File.SetUnixFileMode(key, UnixFileMode.UserRead | UnixFileMode.GroupRead);
        await using WebhookWorld again = world.OpenAgain();
        Assert.Throws<InvalidDataException>(() => again.Get<WebhookKeyFile>().Name);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(20)]
    [InlineData(59)]
    public void A_sealed_secret_that_was_changed_or_moved_to_another_endpoint_does_not_open(int at)
    {
        using var home = new TemporaryFolder();
        var keys = new WebhookKeyFile(new LazuliHome(home.Path), Microsoft.Extensions.Options.Options.Create(new WebhookOptions()));
        var secret = WebhookSecret.Generate();
        byte[] closed = keys.Seal(secret, "we_1");
        Assert.Equal(secret.Reveal(), keys.Open(closed, "we_1").Reveal());
        Assert.ThrowsAny<System.Security.Cryptography.CryptographicException>(() => keys.Open(closed, "we_2"));
        closed[at] ^= 1;
        Assert.ThrowsAny<System.Security.Cryptography.CryptographicException>(() => keys.Open(closed, "we_1"));
    }
}
