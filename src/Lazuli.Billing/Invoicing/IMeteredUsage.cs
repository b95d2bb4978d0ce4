using Lazuli.Contracts;

namespace Lazuli.Billing;

/// <summary>Metered use in sums, grouped by the store: as many rows as there are combinations, however many events.</summary>
internal interface IMeteredUsage
{
    /// <summary>Sums of the events that ended in the period and were recorded by the cutoff.</summary>
    /// <param name="party">Whose.</param>
    /// <param name="from">First instant.</param>
    /// <param name="until">First instant after.</param>
    /// <param name="cutoff">Events recorded after it are late: they belong on a correction.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    Task<IReadOnlyList<MeteredQuantity>> SumAsync(PartyId party, DateTimeOffset from, DateTimeOffset until, DateTimeOffset cutoff, CancellationToken cancellationToken);

    /// <summary>Identities (<c>source/sequence</c>) of events that ended in the period and were recorded after one cutoff and by another: what a correction corrects.</summary>
    /// <param name="party">Whose.</param>
    /// <param name="from">First instant of the period.</param>
    /// <param name="until">First instant after it.</param>
    /// <param name="recordedAfter">The cutoff of the invoice that is corrected.</param>
    /// <param name="cutoff">The correction's own.</param>
    /// <param name="limit">At most so many, the first by identity.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    Task<IReadOnlyList<string>> LateEventsAsync(PartyId party, DateTimeOffset from, DateTimeOffset until, DateTimeOffset recordedAfter, DateTimeOffset cutoff, int limit, CancellationToken cancellationToken);

    /// <summary>When the oldest use ended, by its interval, that ended before <paramref name="endedBefore"/> and was recorded after one cutoff and by another; null for none.</summary>
    Task<DateTimeOffset?> OldestLateAsync(PartyId party, DateTimeOffset endedBefore, DateTimeOffset recordedAfter, DateTimeOffset cutoff, CancellationToken cancellationToken);

    /// <summary>Parties with events that ended in the period, or that ended before and were recorded since it began.</summary>
    Task<IReadOnlyList<PartyId>> PartiesAsync(DateTimeOffset from, DateTimeOffset until, CancellationToken cancellationToken);
}
