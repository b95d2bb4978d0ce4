namespace Lazuli.Contracts;

/// <summary>A source of meter events outside this installation.</summary>
public sealed record MeterEmitter
{
    /// <summary>Its name: small letters, digits, dots and hyphens.</summary>
    public required string Name { get; init; }

    /// <summary>Who runs it.</summary>
    public required PartyId Party { get; init; }

    /// <summary>Whether it promised heartbeats: then a period without one is not complete, and is not invoiced.</summary>
    public required bool Beats { get; init; }

    /// <summary>Its next number.</summary>
    public required long Next { get; init; }

    /// <summary>It said that all events before this were sent; its registration, before the first heartbeat.</summary>
    public required DateTimeOffset HeardUntil { get; init; }

    /// <summary>The highest number that it said it had sent.</summary>
    public required long HeardSequence { get; init; }

    /// <summary>When it was closed; null while it is open.</summary>
    public DateTimeOffset? ClosedAt { get; init; }
}
