using Lazuli.Contracts;
using Lazuli.Storage;
using static Lazuli.Gateway.Tests.WebhookWorld;

namespace Lazuli.Gateway.Tests;

public sealed class WebhookRegisterTests
{
    private static readonly Actor s_rival = new("rival-person", Rival, PersonRoles.Owner);

    [Fact]
    public async Task A_party_sees_and_changes_its_own_endpoints_only()
    {
        await using WebhookWorld world = await OpenAsync();
        WebhookWithSecret acme = await world.AddAsync(Acme, "https://acme.example/");
        string id = acme.Endpoint.Id;
        Assert.Empty(await world.Register.ListAsync(s_rival, null, default));
        Assert.Equal(403, (await Assert.ThrowsAsync<AdminRefusedException>(() => world.Register.ListAsync(s_rival, Acme, default))).Status);
        Assert.Equal(403, (await Assert.ThrowsAsync<AdminRefusedException>(() => world.Register.AddAsync(s_rival, new NewWebhook(Acme, "https://rival.example/"), default))).Status);
        foreach (Func<Task> act in new Func<Task>[]
        {
            () => world.Register.RemoveAsync(s_rival, id, default), () => world.Register.RotateAsync(s_rival, id, TimeSpan.Zero, default), () => world.Register.EnableAsync(s_rival, id, default),
            () => world.Register.TestAsync(s_rival, id, default), () => world.Register.DeliveriesAsync(s_rival, id, null, 10, default), () => world.Register.ReplayAsync(s_rival, id, "whd_1", default),
        })
        {
            AdminRefusedException refused = await Assert.ThrowsAsync<AdminRefusedException>(act);
            Assert.Equal((404, $"There is no endpoint '{id}'."), (refused.Status, refused.Message));
        }

        Assert.Single(await world.Register.ListAsync(Actor.Local, null, default));
    }

    [Fact]
    public async Task A_removed_endpoint_is_gone_with_its_secret_and_what_was_pending()
    {
        await using WebhookWorld world = await OpenAsync();
        WebhookWithSecret added = await world.AddAsync(Acme, "https://acme.example/");
        await world.TellAsync("invoice.paid", new OutboxAudience(OutboxAudienceKind.Party, "acme"));
        await world.Get<WebhookFanOut>().RunAsync(default);
        await world.Register.RemoveAsync(Actor.Local, added.Endpoint.Id, default);
        Assert.Empty(await world.Register.ListAsync(Actor.Local, Acme, default));
        Assert.Equal(0, await world.TurnAsync());
        Assert.Equal([0L], await world.Platform.QueryAsync<long>("SELECT CAST(length(secret) AS BIGINT) FROM webhook_endpoints", null, default));
        Assert.Equal(404, (await Assert.ThrowsAsync<AdminRefusedException>(() => world.Register.EnableAsync(Actor.Local, added.Endpoint.Id, default))).Status);
    }

    [Theory]
    [InlineData("acme", "http://acme.example/", null, 400)]
    [InlineData("acme", "https://acme.example/", "invoice.payed", 400)]
    [InlineData("acme", "https://acme.example/", "*", 400)]
    [InlineData("nobody", "https://acme.example/", null, 404)]
    [InlineData("public", "https://acme.example/", null, 404)]
    public async Task What_no_endpoint_can_be_is_refused(string party, string url, string? type, int status)
    {
        await using WebhookWorld world = await OpenAsync();
        Assert.Equal(status, (await Assert.ThrowsAsync<AdminRefusedException>(() => world.AddAsync(new PartyId(party), url, type is null ? [] : [type]))).Status);
        Assert.Empty(await world.Register.ListAsync(Actor.Local, null, default));
    }

    [Fact]
    public async Task A_party_has_twenty_endpoints_at_most()
    {
        await using WebhookWorld world = await OpenAsync();
        for (int i = 0; i < 20; i++)
        {
            await world.AddAsync(Acme, "https://acme.example/");
        }

        Assert.Equal(409, (await Assert.ThrowsAsync<AdminRefusedException>(() => world.AddAsync(Acme, "https://acme.example/"))).Status);
        await world.AddAsync(Rival, "https://rival.example/");
    }
}
