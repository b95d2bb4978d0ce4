using System.Globalization;
using Lazuli.Storage;
using Microsoft.Extensions.Options;

namespace Lazuli.Gateway;

/// <summary>Deliveries that are due, taken by one process at a time: a lease keeps others away, and lets them in when its holder died.</summary>
/// <remarks>Of an endpoint one delivery is under way at a time, in all processes together, the oldest due one first. Thread-safe.</remarks>
internal sealed class WebhookQueue(LazuliDatabase database, WebhookKeyFile keys, IOptions<WebhookOptions> options, TimeProvider time)
{
    private static readonly TimeSpan s_leaseMargin = TimeSpan.FromSeconds(30);

    // A delivery is taken when it is its endpoint's oldest due one, and none of that endpoint is under way.
    private const string Due = $"""
        SELECT {WebhookRows.DeliveryColumns} FROM webhook_deliveries d JOIN webhook_endpoints e ON e.id = d.endpoint
        WHERE d.state = 'pending' AND d.due_at <= @now AND e.disabled_at IS NULL AND e.removed_at IS NULL AND e.sealing_key = @key
          AND NOT EXISTS (SELECT 1 FROM webhook_deliveries o WHERE o.endpoint = d.endpoint AND o.state = 'pending' AND o.lease_until > @now)
          AND NOT EXISTS (SELECT 1 FROM webhook_deliveries o WHERE o.endpoint = d.endpoint AND o.state = 'pending' AND o.due_at <= @now AND o.sequence < d.sequence)
        ORDER BY d.due_at, d.sequence LIMIT @most
        """;

    /// <summary>A state as it is stored.</summary>
    public static string Word(WebhookDeliveryState state) => state switch
    {
        WebhookDeliveryState.Pending => "pending",
        WebhookDeliveryState.Delivered => "delivered",
        WebhookDeliveryState.Failed => "failed",
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, "Not a state of a delivery."),
    };

    /// <summary>Gives up what is pending for an endpoint.</summary>
    public static void EndPending(DatabaseTransaction transaction, string endpoint, string why, DateTimeOffset now) => transaction.Execute(
        "UPDATE webhook_deliveries SET state = 'failed', due_at = NULL, lease = NULL, lease_until = NULL, last_error = @why, ended_at = @now WHERE endpoint = @endpoint AND state = 'pending'",
        new { endpoint, why, now = StoredTime.Format(now) });

    /// <summary>Takes up to so many deliveries, each of another endpoint.</summary>
    public async Task<IReadOnlyList<WebhookClaim>> ClaimAsync(int most, CancellationToken cancellationToken)
    {
        string now = StoredTime.Format(time.GetUtcNow());
        if (keys.FindName() is not { } key || most == 0)
        {
            return [];
        }

        // Looked at without the writer's turn first: mostly nothing is due.
        if ((await database.QueryAsync<long>("SELECT 1 FROM webhook_deliveries WHERE state = 'pending' AND due_at <= @now LIMIT 1", new { now }, cancellationToken).ConfigureAwait(false)).Count == 0)
        {
            return [];
        }

        return await database.WriteAsync(transaction => Claim(transaction, key, most), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Writes down what came of a try; nothing when the lease was lost meanwhile. Answers why its endpoint is to be switched off, or null.</summary>
    public Task<string?> FinishAsync(WebhookClaim claim, WebhookAnswer answer, double chance, CancellationToken cancellationToken) => database.WriteAsync(
        transaction =>
        {
            DateTimeOffset now = time.GetUtcNow();
            int tries = (int)claim.Delivery.Tries + 1;
            TimeSpan? wait = answer.Error is null || answer.IsGone ? null : RetrySchedule.After(tries, answer.RetryAfter, chance);
            string state = Word(answer.Error is null ? WebhookDeliveryState.Delivered : wait is null ? WebhookDeliveryState.Failed : WebhookDeliveryState.Pending);
            int changed = transaction.Execute(
                """
                UPDATE webhook_deliveries SET state = @state, tries = @tries, due_at = @due, lease = NULL, lease_until = NULL, last_status = @status, last_error = @error, ended_at = @ended
                WHERE id = @id AND lease = @lease
                """,
                new
                {
                    state, tries,
                    due = wait is { } later ? StoredTime.Format(now + later) : null,
                    status = answer.Status, error = answer.Error,
                    ended = wait is null ? StoredTime.Format(now) : null,
                    id = claim.Delivery.Id, lease = claim.Lease,
                });
            return changed == 1 ? Judge(transaction, claim.Endpoint.Id, answer, now) : null;
        },
        cancellationToken);

    /// <summary>Switches an endpoint off, and gives up what is pending for it; nothing when it is off.</summary>
    public Task DisableAsync(string endpoint, string why, CancellationToken cancellationToken) => database.WriteAsync(
        transaction =>
        {
            DateTimeOffset now = time.GetUtcNow();
            if (transaction.Execute(
                "UPDATE webhook_endpoints SET disabled_at = @now, disabled_reason = @why WHERE id = @endpoint AND disabled_at IS NULL", new { endpoint, why, now = StoredTime.Format(now) }) == 1)
            {
                EndPending(transaction, endpoint, "The endpoint was switched off.", now);
            }

            return true;
        },
        cancellationToken);

    /// <summary>Gives back what was not tried to its end.</summary>
    public Task ReleaseAsync(WebhookClaim claim) => database.WriteAsync(
        transaction => transaction.Execute("UPDATE webhook_deliveries SET lease = NULL, lease_until = NULL WHERE id = @id AND lease = @lease", new { id = claim.Delivery.Id, lease = claim.Lease }), CancellationToken.None);

    /// <summary>Ends leases of processes that are gone for certain: of a file that this process alone has.</summary>
    public async Task RecoverAsync(CancellationToken cancellationToken)
    {
        if (database.Kind == DatabaseKind.Sqlite)
        {
            await database.WriteAsync(transaction => transaction.Execute("UPDATE webhook_deliveries SET lease = NULL, lease_until = NULL WHERE lease IS NOT NULL"), cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Forgets deliveries that ended long ago.</summary>
    public Task<int> PruneAsync(CancellationToken cancellationToken) => database.WriteAsync(
        transaction => transaction.Execute("DELETE FROM webhook_deliveries WHERE state <> 'pending' AND ended_at < @before", new { before = StoredTime.Format(time.GetUtcNow() - options.Value.Retention) }), cancellationToken);

    private List<WebhookClaim> Claim(DatabaseTransaction transaction, string key, int most)
    {
        DateTimeOffset now = time.GetUtcNow();
        var claims = new List<WebhookClaim>();
        foreach (WebhookRows.DeliveryRow delivery in transaction.Query<WebhookRows.DeliveryRow>(Due, new { now = StoredTime.Format(now), key, most }))
        {
            string lease = WebhookRegister.NewId("");
            transaction.Execute(
                "UPDATE webhook_deliveries SET lease = @lease, lease_until = @until WHERE id = @Id", new { lease, until = StoredTime.Format(now + options.Value.Timeout + s_leaseMargin), delivery.Id });
            claims.Add(new WebhookClaim(
                delivery, transaction.Query<WebhookRows.EndpointRow>($"SELECT {WebhookRows.EndpointColumns} FROM webhook_endpoints e WHERE e.id = @Endpoint", new { delivery.Endpoint })[0], lease));
        }

        return claims;
    }

    /// <summary>What a try says of its endpoint: well again, failing, or why it is to be switched off.</summary>
    private string? Judge(DatabaseTransaction transaction, string endpoint, WebhookAnswer answer, DateTimeOffset now)
    {
        if (answer.Error is null)
        {
            transaction.Execute("UPDATE webhook_endpoints SET failing_since = NULL WHERE id = @endpoint AND failing_since IS NOT NULL", new { endpoint });
            return null;
        }

        transaction.Execute("UPDATE webhook_endpoints SET failing_since = @now WHERE id = @endpoint AND failing_since IS NULL", new { endpoint, now = StoredTime.Format(now) });
        DateTimeOffset since = StoredTime.Parse(transaction.Query<string>("SELECT failing_since FROM webhook_endpoints WHERE id = @endpoint", new { endpoint })[0]);
        return answer.IsGone ? "It answered 410 Gone."
            : now - since >= options.Value.DisableAfter ? string.Create(CultureInfo.InvariantCulture, $"Nothing was delivered since {since:u}; last: {answer.Error}")
            : null;
    }
}
