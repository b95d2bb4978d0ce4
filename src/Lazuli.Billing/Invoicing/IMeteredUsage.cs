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

    /// <summary>Parties with events that ended in the period.</summary>
    Task<IReadOnlyList<PartyId>> PartiesAsync(DateTimeOffset from, DateTimeOffset until, CancellationToken cancellationToken);
}
