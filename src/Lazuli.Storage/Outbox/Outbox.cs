using System.Text;
using System.Text.Json;

namespace Lazuli.Storage;

/// <summary>Events that others are to be told, written in the transaction of the change itself: there is none without the change, and no change without its event.</summary>
/// <remarks>
/// Each of the two databases has its own. Since all writers of a database take turns, an event's number is higher than those of all that were committed
/// before: a reader that asks for what comes after the last number it saw misses nothing.
/// </remarks>
public static class Outbox
{
    private const string Insert = "INSERT INTO outbox_events (id, type, audience, at, data) VALUES (@id, @type, @audience, @at, @data)";

    /// <summary>Adds an event.</summary>
    /// <param name="transaction">The change's.</param>
    /// <param name="type">What happened.</param>
    /// <param name="at">When.</param>
    /// <param name="audience">Whom it concerns; with nobody, nothing is written.</param>
    /// <param name="data">Writes the members of the event's JSON object: ids and amounts, never a secret.</param>
    public static void Append(DatabaseTransaction transaction, string type, DateTimeOffset at, IReadOnlyCollection<OutboxAudience> audience, Action<Utf8JsonWriter> data)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(audience);
        ArgumentNullException.ThrowIfNull(data);
        if (audience.Count == 0)
        {
            return;
        }

        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            data(json);
            json.WriteEndObject();
        }

        transaction.Prepare(Insert, "id", "type", "audience", "at", "data")
            .Bind(0, NewId(at)).Bind(1, type).Bind(2, string.Join(' ', audience)).Bind(3, StoredTime.Format(at)).Bind(4, Encoding.UTF8.GetString(bytes.ToArray()))
            .Post();
    }

    /// <summary>A new event's id.</summary>
    public static string NewId(DateTimeOffset at) => "evt_" + Guid.CreateVersion7(at).ToString("N");

    /// <summary>Events after a number, in order.</summary>
    public static async Task<IReadOnlyList<OutboxEvent>> ReadAsync(LazuliDatabase database, long after, int most, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(database);
        IReadOnlyList<Row> rows = await database.QueryAsync<Row>(
            "SELECT sequence AS Sequence, id AS Id, type AS Type, audience AS Audience, at AS At, data AS Data FROM outbox_events WHERE sequence > @after ORDER BY sequence LIMIT @most",
            new { after, most }, cancellationToken).ConfigureAwait(false);
        return [.. rows.Select(row => row.ToEvent())];
    }

    /// <summary>Forgets events up to a number that are older than a time; answers how many.</summary>
    public static Task<int> PruneAsync(LazuliDatabase database, long upTo, DateTimeOffset before, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(database);
        return database.WriteAsync(
            transaction => transaction.Execute("DELETE FROM outbox_events WHERE sequence <= @upTo AND at < @before", new { upTo, before = StoredTime.Format(before) }), cancellationToken);
    }

    private sealed class Row
    {
        public long Sequence { get; init; }

        public string Id { get; init; } = "";

        public string Type { get; init; } = "";

        public string Audience { get; init; } = "";

        public string At { get; init; } = "";

        public string Data { get; init; } = "";

        public OutboxEvent ToEvent() => new(
            Sequence, Id, Type, [.. Audience.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(OutboxAudience.Parse).OfType<OutboxAudience>()], StoredTime.Parse(At), Data);
    }
}
