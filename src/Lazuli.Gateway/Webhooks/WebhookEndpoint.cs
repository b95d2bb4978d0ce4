using Lazuli.Contracts;

namespace Lazuli.Gateway;

/// <summary>Where a party wants to be told of events.</summary>
public sealed record WebhookEndpoint
{
    /// <summary>Its id.</summary>
    public required string Id { get; init; }

    /// <summary>Whose it is; it gets this party's events only.</summary>
    public required PartyId Party { get; init; }

    /// <summary>Where events are posted.</summary>
    public required string Url { get; init; }

    /// <summary>Types of events wanted, e.g. <c>invoice.paid</c> or <c>invoice.*</c>; none listed means all.</summary>
    public required IReadOnlyList<string> Types { get; init; }

    /// <summary>When it was added; it gets events from then on.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Since when nothing was delivered although it was tried; null while all is well.</summary>
    public DateTimeOffset? FailingSince { get; init; }

    /// <summary>When it was switched off; null while it is on.</summary>
    public DateTimeOffset? DisabledAt { get; init; }

    /// <summary>Why.</summary>
    public string? DisabledReason { get; init; }

    /// <summary>Until when events are signed with the secret before the last one, too; null when they are not.</summary>
    public DateTimeOffset? OldSecretUntil { get; init; }
}
