namespace Lazuli.Contracts;

/// <summary>What a metered event really took. Whatever is left out stays as it is.</summary>
public sealed record EventCorrection
{
    /// <summary>The request; or <see cref="Event"/>.</summary>
    public Guid? Request { get; init; }

    /// <summary>The event; or <see cref="Request"/>.</summary>
    public EventIdentity? Event { get; init; }

    /// <summary>Prompt tokens, cached ones included.</summary>
    public long? Prompt { get; init; }

    /// <summary>Of these, found in the cache.</summary>
    public long? Cached { get; init; }

    /// <summary>Generated tokens.</summary>
    public long? Completion { get; init; }

    /// <summary>Begun device-seconds of a job.</summary>
    public long? DeviceSeconds { get; init; }

    /// <summary>Whether nothing of it is charged, as if it had never been.</summary>
    public bool Void { get; init; }

    /// <summary>Why, for people; stands on the event.</summary>
    public required string Reason { get; init; }
}
