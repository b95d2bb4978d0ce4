namespace Lazuli.Gateway;

/// <summary>One event for one endpoint.</summary>
public sealed record WebhookDelivery
{
    /// <summary>Its id.</summary>
    public required string Id { get; init; }

    /// <summary>The endpoint.</summary>
    public required string Endpoint { get; init; }

    /// <summary>The event's id, sent as <c>webhook-id</c>.</summary>
    public required string Event { get; init; }

    /// <summary>The event's type.</summary>
    public required string Type { get; init; }

    /// <summary>Where it stands.</summary>
    public required WebhookDeliveryState State { get; init; }

    /// <summary>Tries so far.</summary>
    public required int Tries { get; init; }

    /// <summary>When it is tried next; null when it is not.</summary>
    public DateTimeOffset? DueAt { get; init; }

    /// <summary>HTTP status of the last answer; null where there was none.</summary>
    public int? LastStatus { get; init; }

    /// <summary>What went wrong last; null for nothing.</summary>
    public string? LastError { get; init; }

    /// <summary>When the event was taken up for this endpoint.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it was delivered or given up.</summary>
    public DateTimeOffset? EndedAt { get; init; }
}

/// <summary>Where a delivery stands.</summary>
public enum WebhookDeliveryState
{
    /// <summary>To be tried, or tried again.</summary>
    Pending,

    /// <summary>The endpoint answered with 2xx.</summary>
    Delivered,

    /// <summary>Given up; it can be replayed.</summary>
    Failed,
}
