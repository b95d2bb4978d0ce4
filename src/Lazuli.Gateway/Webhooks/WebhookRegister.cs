using System.Security.Cryptography;
using Lazuli.Contracts;
using Lazuli.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Lazuli.Gateway;

/// <summary>Endpoints of parties, and what became of their deliveries. Thread-safe. An actor who acts for a party reaches that party's endpoints only; others' are not there for it.</summary>
internal sealed class WebhookRegister(LazuliDatabase database, WebhookKeyFile keys, WebhookSender sender, IOptions<WebhookOptions> options, TimeProvider time)
{
    public const int MostDeliveries = 1_000;
    private const int MostEndpoints = 20; // of a party
    private const string IdAlphabet = "0123456789abcdefghijklmnopqrstuvwxyz";
    private const int IdLength = 16;

    /// <summary>A new id.</summary>
    public static string NewId(string prefix) => prefix + RandomNumberGenerator.GetString(IdAlphabet, IdLength);

    /// <summary>Refuses what no endpoint can be, or is not the actor's to add.</summary>
    /// <exception cref="AdminRefusedException">It is one of these.</exception>
    public void RequireAddable(Actor actor, NewWebhook wanted)
    {
        Require(actor.Party is null || actor.Party == wanted.Party, StatusCodes.Status403Forbidden, $"'{actor.Name}' acts for '{actor.Party}' and adds endpoints of that party only.");
        RequireNoProblem(WebhookAddress.Problem(wanted.Url, options.Value));
        RequireNoProblem(WebhookEventTypes.Problem([.. (wanted.Types ?? []).Distinct(StringComparer.Ordinal)]));
    }

    /// <summary>Refuses when there is no such endpoint for the actor.</summary>
    /// <exception cref="AdminRefusedException">There is none.</exception>
    public Task RequireAsync(Actor actor, string id, CancellationToken cancellationToken) => FindAsync(actor, id, cancellationToken);

    /// <summary>Adds an endpoint with a secret of its own.</summary>
    public async Task<WebhookWithSecret> AddAsync(Actor actor, NewWebhook wanted, CancellationToken cancellationToken)
    {
        RequireAddable(actor, wanted);
        string[] types = [.. (wanted.Types ?? []).Distinct(StringComparer.Ordinal)];
        var secret = WebhookSecret.Generate();
        string id = NewId("we_");
        byte[] closed = keys.Seal(secret, id);
        DateTimeOffset now = time.GetUtcNow();
        WebhookRows.EndpointRow row = await database.WriteAsync(
            transaction =>
            {
                Require(
                    transaction.Scalar<long>("SELECT COUNT(*) FROM parties WHERE id = @party AND closed_at IS NULL AND id <> 'public'", new { party = wanted.Party.Value }) == 1,
                    StatusCodes.Status404NotFound, $"There is no open party '{wanted.Party}'.");
                Require(
                    transaction.Scalar<long>("SELECT COUNT(*) FROM webhook_endpoints WHERE party = @party AND removed_at IS NULL", new { party = wanted.Party.Value }) < MostEndpoints,
                    StatusCodes.Status409Conflict, $"'{wanted.Party}' has {MostEndpoints} endpoints already; remove one first.");
                transaction.Execute(
                    "INSERT INTO webhook_endpoints (id, party, url, types, sealing_key, secret, created_at) VALUES (@id, @party, @url, @types, @key, @closed, @now)",
                    new { id, party = wanted.Party.Value, url = wanted.Url, types = string.Join(' ', types), key = keys.Name, closed, now = StoredTime.Format(now) });
                return Get(transaction, id);
            },
            cancellationToken).ConfigureAwait(false);
        return new WebhookWithSecret(row.ToEndpoint(now), secret.Reveal());
    }

    /// <summary>Endpoints, oldest first: the actor's party's, or a party's, or all.</summary>
    public async Task<IReadOnlyList<WebhookEndpoint>> ListAsync(Actor actor, PartyId? party, CancellationToken cancellationToken)
    {
        Require(actor.Party is null || party is null || actor.Party == party, StatusCodes.Status403Forbidden, $"'{actor.Name}' acts for '{actor.Party}' and sees endpoints of that party only.");
        IReadOnlyList<WebhookRows.EndpointRow> rows = await database.QueryAsync<WebhookRows.EndpointRow>(
            $"SELECT {WebhookRows.EndpointColumns} FROM webhook_endpoints e WHERE e.removed_at IS NULL AND (@party = '' OR e.party = @party) ORDER BY e.sequence",
            new { party = (actor.Party ?? party)?.Value ?? "" }, cancellationToken).ConfigureAwait(false);
        DateTimeOffset now = time.GetUtcNow();
        return [.. rows.Select(row => row.ToEndpoint(now))];
    }

    /// <summary>Forgets an endpoint and its secret; nothing is sent to it any more.</summary>
    public Task<WebhookEndpoint> RemoveAsync(Actor actor, string id, CancellationToken cancellationToken) => ChangeAsync(
        actor, id,
        (transaction, now) =>
        {
            transaction.Execute(
                "UPDATE webhook_endpoints SET removed_at = @now, secret = @none, old_secret = NULL, old_until = NULL WHERE id = @id", new { id, now = StoredTime.Format(now), none = Array.Empty<byte>() });
            WebhookQueue.EndPending(transaction, id, "The endpoint was removed.", now);
        },
        cancellationToken);

    /// <summary>Gives an endpoint a new secret; for a while events are signed with the old one too.</summary>
    public async Task<WebhookWithSecret> RotateAsync(Actor actor, string id, TimeSpan overlap, CancellationToken cancellationToken)
    {
        var secret = WebhookSecret.Generate();
        byte[] closed = keys.Seal(secret, id);
        WebhookEndpoint endpoint = await ChangeAsync(
            actor, id,
            (transaction, now) =>
            {
                // One sealed under another file cannot be opened here, so it cannot go on beside the new one.
                bool keeps = overlap > TimeSpan.Zero && Get(transaction, id).SealingKey == keys.Name;
                transaction.Execute(
                    $"UPDATE webhook_endpoints SET old_secret = {(keeps ? "secret" : "NULL")}, old_until = @until, secret = @closed, sealing_key = @key WHERE id = @id",
                    new { id, until = keeps ? StoredTime.Format(now + overlap) : null, closed, key = keys.Name });
            },
            cancellationToken).ConfigureAwait(false);
        return new WebhookWithSecret(endpoint, secret.Reveal());
    }

    /// <summary>Switches an endpoint on again.</summary>
    public Task<WebhookEndpoint> EnableAsync(Actor actor, string id, CancellationToken cancellationToken) => ChangeAsync(
        actor, id,
        (transaction, _) => transaction.Execute("UPDATE webhook_endpoints SET disabled_at = NULL, disabled_reason = NULL, failing_since = NULL WHERE id = @id", new { id }),
        cancellationToken);

    /// <summary>Sends an endpoint a test event at once, whether or not it is on.</summary>
    public async Task<WebhookTest> TestAsync(Actor actor, string id, CancellationToken cancellationToken)
    {
        WebhookRows.EndpointRow row = await FindAsync(actor, id, cancellationToken).ConfigureAwait(false);
        Require(row.SealingKey == keys.FindName(), StatusCodes.Status409Conflict, "The endpoint's secret was sealed with another gateway's key file; test it there, or rotate its secret.");
        DateTimeOffset now = time.GetUtcNow();
        string eventId = Outbox.NewId(now);
        string body = WebhookBody.Of(WebhookEventTypes.Test, now, $$"""{"endpoint":"{{id}}"}""");
        WebhookAnswer answer = await sender.SendAsync(row.Url, eventId, body, row.Secrets(keys, now), cancellationToken).ConfigureAwait(false);
        return new WebhookTest(eventId, answer.Status, answer.Error);
    }

    /// <summary>Deliveries of an endpoint, newest first.</summary>
    public async Task<IReadOnlyList<WebhookDelivery>> DeliveriesAsync(Actor actor, string id, WebhookDeliveryState? state, int limit, CancellationToken cancellationToken)
    {
        Require(limit is >= 1 and <= MostDeliveries, StatusCodes.Status400BadRequest, $"limit is from 1 to {MostDeliveries}; got {limit}.");
        await FindAsync(actor, id, cancellationToken).ConfigureAwait(false);
        IReadOnlyList<WebhookRows.DeliveryRow> rows = await database.QueryAsync<WebhookRows.DeliveryRow>(
            $"SELECT {WebhookRows.DeliveryColumns} FROM webhook_deliveries d WHERE d.endpoint = @id AND (@state = '' OR d.state = @state) ORDER BY d.sequence DESC LIMIT @limit",
            new { id, state = state is { } wanted ? WebhookQueue.Word(wanted) : "", limit }, cancellationToken).ConfigureAwait(false);
        return [.. rows.Select(row => row.ToDelivery())];
    }

    /// <summary>Makes a delivery due once more, with all its tries, whatever became of it.</summary>
    public async Task<WebhookDelivery> ReplayAsync(Actor actor, string id, string delivery, CancellationToken cancellationToken)
    {
        WebhookRows.DeliveryRow? row = null;
        await ChangeAsync(
            actor, id,
            (transaction, now) =>
            {
                int changed = transaction.Execute(
                    "UPDATE webhook_deliveries SET state = 'pending', tries = 0, due_at = @now, lease = NULL, lease_until = NULL, ended_at = NULL WHERE id = @delivery AND endpoint = @id",
                    new { delivery, id, now = StoredTime.Format(now) });
                Require(changed == 1, StatusCodes.Status404NotFound, $"There is no delivery '{delivery}' of {id}; those that ended are kept for a while only.");
                row = transaction.Query<WebhookRows.DeliveryRow>($"SELECT {WebhookRows.DeliveryColumns} FROM webhook_deliveries d WHERE d.id = @delivery", new { delivery })[0];
            },
            cancellationToken).ConfigureAwait(false);
        return row!.ToDelivery();
    }

    private async Task<WebhookEndpoint> ChangeAsync(Actor actor, string id, Action<DatabaseTransaction, DateTimeOffset> change, CancellationToken cancellationToken)
    {
        DateTimeOffset now = time.GetUtcNow();
        WebhookRows.EndpointRow after = await database.WriteAsync(
            transaction =>
            {
                IReadOnlyList<WebhookRows.EndpointRow> rows = transaction.Query<WebhookRows.EndpointRow>(
                    $"SELECT {WebhookRows.EndpointColumns} FROM webhook_endpoints e WHERE e.id = @id AND e.removed_at IS NULL", new { id });
                RequireTheirs(actor, id, rows);
                change(transaction, now);
                return Get(transaction, id);
            },
            cancellationToken).ConfigureAwait(false);
        return after.ToEndpoint(now);
    }

    private async Task<WebhookRows.EndpointRow> FindAsync(Actor actor, string id, CancellationToken cancellationToken)
    {
        IReadOnlyList<WebhookRows.EndpointRow> rows = await database.QueryAsync<WebhookRows.EndpointRow>(
            $"SELECT {WebhookRows.EndpointColumns} FROM webhook_endpoints e WHERE e.id = @id AND e.removed_at IS NULL", new { id }, cancellationToken).ConfigureAwait(false);
        RequireTheirs(actor, id, rows);
        return rows[0];
    }

    private static WebhookRows.EndpointRow Get(DatabaseTransaction transaction, string id) =>
        transaction.Query<WebhookRows.EndpointRow>($"SELECT {WebhookRows.EndpointColumns} FROM webhook_endpoints e WHERE e.id = @id", new { id })[0];

    private static void RequireTheirs(Actor actor, string id, IReadOnlyList<WebhookRows.EndpointRow> rows) =>
        Require(rows.Count == 1 && (actor.Party is null || actor.Party.Value.Value == rows[0].Party), StatusCodes.Status404NotFound, $"There is no endpoint '{id}'.");

    private static void RequireNoProblem(string? problem) => Require(problem is null, StatusCodes.Status400BadRequest, problem ?? "");

    private static void Require(bool condition, int status, string otherwise)
    {
        if (!condition)
        {
            throw new AdminRefusedException(status, AdminRefusals.TitleOf(status), otherwise);
        }
    }
}
