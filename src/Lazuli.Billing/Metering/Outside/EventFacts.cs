using Lazuli.Contracts;

namespace Lazuli.Billing;

/// <summary>What is known here about what an event names, read before it is judged.</summary>
internal sealed record EventFacts
{
    /// <summary>Whether there is an open party of that id.</summary>
    public required bool IsPartyKnown { get; init; }

    /// <summary>Whether there is an open project of that id, and it is the party's.</summary>
    public required bool IsProjectKnown { get; init; }

    /// <summary>Whether there is such a model.</summary>
    public required bool IsModelKnown { get; init; }

    /// <summary>What is wrong with the grants; null for nothing.</summary>
    public required string? GrantFault { get; init; }

    /// <summary>The price version; null when there is none.</summary>
    public required EventPrice? Price { get; init; }

    /// <summary>Number of the invoice that closed the event's period; null for none.</summary>
    public required string? ClosedBy { get; init; }
}

/// <summary>What a price version makes of an event.</summary>
/// <param name="PublishedAt">When it was published.</param>
/// <param name="Currency">Of its prices.</param>
/// <param name="Tokens">Plain token prices of the event's model; zero for a job. Null when the version has none.</param>
/// <param name="DeviceSecondNanos">Plain price of a job's device-second; null when the version has none.</param>
internal sealed record EventPrice(DateTimeOffset PublishedAt, Currency Currency, TokenPrices? Tokens, long? DeviceSecondNanos);
