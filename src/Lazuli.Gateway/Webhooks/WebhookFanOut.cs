using Lazuli.Storage;

namespace Lazuli.Gateway;

/// <summary>Makes of each event of an outbox one delivery for each endpoint that is to get it: once, however many processes do it at the same time.</summary>
/// <remarks>The deliveries and how far the outbox was read are written in one transaction, which only the process whose reading began where the last ended can make.</remarks>
internal sealed class WebhookFanOut(LazuliDatabase platform, MoneyDatabase money, WebhookAudiences audiences, TimeProvider time)
{
    private const int MostEvents = 200;

    /// <summary>Hands out what is new in both; answers how many events.</summary>
    public async Task<int> RunAsync(CancellationToken cancellationToken) =>
        await RunAsync("platform", platform, cancellationToken).ConfigureAwait(false) + await RunAsync("money", money.Database, cancellationToken).ConfigureAwait(false);

    /// <summary>Forgets events that were handed out before a time.</summary>
    public async Task PruneAsync(DateTimeOffset before, CancellationToken cancellationToken)
    {
        await Outbox.PruneAsync(platform, await PositionAsync("platform", cancellationToken).ConfigureAwait(false), before, cancellationToken).ConfigureAwait(false);
        await Outbox.PruneAsync(money.Database, await PositionAsync("money", cancellationToken).ConfigureAwait(false), before, cancellationToken).ConfigureAwait(false);
    }

    private async Task<int> RunAsync(string outbox, LazuliDatabase database, CancellationToken cancellationToken)
    {
        int handedOut = 0;
        while (true)
        {
            long position = await PositionAsync(outbox, cancellationToken).ConfigureAwait(false);
            IReadOnlyList<OutboxEvent> events = await Outbox.ReadAsync(database, position, MostEvents, cancellationToken).ConfigureAwait(false);
            if (events.Count == 0)
            {
                return handedOut;
            }

            var parties = new List<IReadOnlySet<string>>(events.Count);
            foreach (OutboxEvent one in events)
            {
                parties.Add(await audiences.PartiesAsync(one.Audience, cancellationToken).ConfigureAwait(false));
            }

            bool isOurs = await platform.WriteAsync(transaction => HandOut(transaction, outbox, position, events, parties), cancellationToken).ConfigureAwait(false);
            handedOut += isOurs ? events.Count : 0;
            if (!isOurs || events.Count < MostEvents)
            {
                return handedOut;
            }
        }
    }

    private bool HandOut(DatabaseTransaction transaction, string outbox, long position, IReadOnlyList<OutboxEvent> events, List<IReadOnlySet<string>> parties)
    {
        int moved = transaction.Execute(
            "UPDATE webhook_positions SET sequence = @next WHERE outbox = @outbox AND sequence = @position", new { outbox, position, next = events[^1].Sequence });
        if (moved == 0)
        {
            return false; // another process was faster
        }

        DateTimeOffset now = time.GetUtcNow();
        WebhookEndpoint[] endpoints =
        [
            .. transaction.Query<WebhookRows.EndpointRow>(
                $"""
                SELECT {WebhookRows.EndpointColumns} FROM webhook_endpoints e JOIN parties p ON p.id = e.party
                WHERE e.removed_at IS NULL AND e.disabled_at IS NULL AND p.closed_at IS NULL ORDER BY e.sequence
                """).Select(row => row.ToEndpoint(now)),
        ];
        for (int i = 0; i < events.Count; i++)
        {
            OutboxEvent one = events[i];
            string? body = null;
            foreach (WebhookEndpoint endpoint in endpoints)
            {
                if (parties[i].Contains(endpoint.Party.Value) && WebhookEventTypes.Wants(endpoint.Types, one.Type) && endpoint.CreatedAt <= one.At)
                {
                    body ??= WebhookBody.Of(one.Type, one.At, one.Data);
                    WebhookRows.InsertDelivery(transaction, WebhookRegister.NewId("whd_"), endpoint.Id, one.Id, one.Type, body, now);
                }
            }
        }

        return true;
    }

    private async Task<long> PositionAsync(string outbox, CancellationToken cancellationToken) =>
        (await platform.QueryAsync<long>("SELECT sequence FROM webhook_positions WHERE outbox = @outbox", new { outbox }, cancellationToken).ConfigureAwait(false))[0];
}
