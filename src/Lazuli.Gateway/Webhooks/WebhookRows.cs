using Lazuli.Contracts;
using Lazuli.Storage;

namespace Lazuli.Gateway;

/// <summary>Rows of endpoints and deliveries.</summary>
internal static class WebhookRows
{
    /// <summary>Columns of <see cref="EndpointRow"/>, of the table under the name <c>e</c>.</summary>
    public const string EndpointColumns = """
        e.id AS Id, e.party AS Party, e.url AS Url, e.types AS Types, e.sealing_key AS SealingKey, e.secret AS Secret, e.old_secret AS OldSecret, e.old_until AS OldUntil,
        e.created_at AS CreatedAt, e.failing_since AS FailingSince, e.disabled_at AS DisabledAt, e.disabled_reason AS DisabledReason
        """;

    /// <summary>Columns of <see cref="DeliveryRow"/>, of the table under the name <c>d</c>.</summary>
    public const string DeliveryColumns = """
        d.sequence AS Sequence, d.id AS Id, d.endpoint AS Endpoint, d.event AS Event, d.type AS Type, d.body AS Body, d.state AS State, d.tries AS Tries, d.due_at AS DueAt,
        d.last_status AS LastStatus, d.last_error AS LastError, d.created_at AS CreatedAt, d.ended_at AS EndedAt
        """;

    /// <summary>Adds a delivery that is due at once; one that is there stays.</summary>
    public static void InsertDelivery(DatabaseTransaction transaction, string id, string endpoint, string eventId, string type, string body, DateTimeOffset now) => transaction.Execute(
        """
        INSERT INTO webhook_deliveries (id, endpoint, event, type, body, state, tries, due_at, created_at) VALUES (@id, @endpoint, @eventId, @type, @body, 'pending', 0, @now, @now)
        ON CONFLICT (endpoint, event) DO NOTHING
        """,
        new { id, endpoint, eventId, type, body, now = StoredTime.Format(now) });

    private static DateTimeOffset? Time(string? text) => text is null ? null : StoredTime.Parse(text);

    /// <summary>A row of endpoints.</summary>
    internal sealed class EndpointRow
    {
        public string Id { get; init; } = "";

        public string Party { get; init; } = "";

        public string Url { get; init; } = "";

        public string Types { get; init; } = "";

        public string SealingKey { get; init; } = "";

        public byte[] Secret { get; init; } = [];

        public byte[]? OldSecret { get; init; }

        public string? OldUntil { get; init; }

        public string CreatedAt { get; init; } = "";

        public string? FailingSince { get; init; }

        public string? DisabledAt { get; init; }

        public string? DisabledReason { get; init; }

        /// <summary>What others see.</summary>
        public WebhookEndpoint ToEndpoint(DateTimeOffset now) => new()
        {
            Id = Id,
            Party = new PartyId(Party),
            Url = Url,
            Types = Types.Split(' ', StringSplitOptions.RemoveEmptyEntries),
            CreatedAt = StoredTime.Parse(CreatedAt),
            FailingSince = Time(FailingSince),
            DisabledAt = Time(DisabledAt),
            DisabledReason = DisabledReason,
            OldSecretUntil = OldSecret is not null && Time(OldUntil) is { } until && until > now ? until : null,
        };

        /// <summary>The secrets to sign with, the newest first.</summary>
        public IReadOnlyList<WebhookSecret> Secrets(WebhookKeyFile keys, DateTimeOffset now) =>
            OldSecret is { } old && Time(OldUntil) is { } until && until > now ? [keys.Open(Secret, Id), keys.Open(old, Id)] : [keys.Open(Secret, Id)];
    }

    /// <summary>A row of deliveries.</summary>
    internal sealed class DeliveryRow
    {
        public long Sequence { get; init; }

        public string Id { get; init; } = "";

        public string Endpoint { get; init; } = "";

        public string Event { get; init; } = "";

        public string Type { get; init; } = "";

        public string Body { get; init; } = "";

        public string State { get; init; } = "";

        public long Tries { get; init; }

        public string? DueAt { get; init; }

        public long? LastStatus { get; init; }

        public string? LastError { get; init; }

        public string CreatedAt { get; init; } = "";

        public string? EndedAt { get; init; }

        /// <summary>What others see.</summary>
        public WebhookDelivery ToDelivery() => new()
        {
            Id = Id,
            Endpoint = Endpoint,
            Event = Event,
            Type = Type,
            State = Enum.Parse<WebhookDeliveryState>(State, ignoreCase: true),
            Tries = (int)Tries,
            DueAt = Time(DueAt),
            LastStatus = (int?)LastStatus,
            LastError = LastError,
            CreatedAt = StoredTime.Parse(CreatedAt),
            EndedAt = Time(EndedAt),
        };
    }
}
