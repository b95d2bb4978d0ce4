using Lazuli.Contracts;

namespace Lazuli.Billing;

/// <summary>Whether metering has all of a period. What is missing is not zero.</summary>
internal interface IMeterPeriods
{
    /// <summary>Why the period is not complete for this party, for people: open requests, a minute without heartbeat, not yet over; null when it is complete.</summary>
    Task<string?> WhyIncompleteAsync(PartyId party, DateTimeOffset from, DateTimeOffset until, CancellationToken cancellationToken);
}
