using Lazuli.Contracts;
using Lazuli.Storage;

namespace Lazuli.Billing;

/// <summary>Metered use from the sums of intervals: a month takes as many rows as there are intervals with use and profiles, whatever the number of events, and the database adds them up.</summary>
/// <remarks>Intervals count whole, so periods fall on interval borders, and by a cutoff come those that were over: nothing can be recorded in them any more.</remarks>
internal sealed class MeteredUsage(MoneyDatabase money, int intervalSeconds = 60) : IMeteredUsage
{
    private const string Sums = """
        SELECT p.party AS Party, p.grant_chain AS GrantChain, p.price_version AS PriceVersion, p.model_name AS Model, p.batch AS Batch, p.input_nanos AS InputNanos, p.cached_nanos AS CachedNanos,
            p.output_nanos AS OutputNanos, CAST(SUM(s.requests) AS BIGINT) AS Requests, CAST(SUM(s.device_seconds) AS BIGINT) AS DeviceSeconds, CAST(SUM(s.prompt_tokens) AS BIGINT) AS PromptTokens, CAST(SUM(s.cached_tokens) AS BIGINT) AS CachedTokens,
            CAST(SUM(s.completion_tokens) AS BIGINT) AS CompletionTokens, CAST(SUM(s.charge_nanos) AS BIGINT) AS ChargeNanos,
            CAST(SUM(s.uncharged_nanos) AS BIGINT) AS UnchargedNanos
        FROM meter_profiles p JOIN meter_sums s ON s.profile = p.id
        WHERE p.party = @party AND s.event_interval_s >= @from AND s.event_interval_s < @until AND s.interval_s <= @cutoff
        GROUP BY p.party, p.grant_chain, p.price_version, p.model_name, p.batch, p.input_nanos, p.cached_nanos, p.output_nanos
        ORDER BY p.grant_chain, p.price_version, p.model_name, p.batch, p.input_nanos, p.cached_nanos, p.output_nanos
        """;

    private const string Late = """
        SELECT o.name || '/' || CAST(e.sequence AS TEXT)
        FROM meter_profiles p JOIN meter_sums s ON s.profile = p.id
        JOIN meter_beats b ON b.interval_s = s.interval_s AND b.source = s.source
        JOIN meter_events e ON e.source = b.source AND e.sequence >= b.first_sequence AND e.sequence < b.first_sequence + b.events AND e.profile = p.id
        JOIN meter_sources o ON o.id = e.source
        WHERE p.party = @party AND s.event_interval_s >= @from AND s.event_interval_s < @until AND s.interval_s > @after AND s.interval_s <= @cutoff AND e.at_us >= @fromUs AND e.at_us < @untilUs
        GROUP BY o.id, o.name, e.sequence ORDER BY o.id, e.sequence LIMIT @limit
        """;

    /// <inheritdoc/>
    public async Task<IReadOnlyList<MeteredQuantity>> SumAsync(PartyId party, DateTimeOffset from, DateTimeOffset until, DateTimeOffset cutoff, CancellationToken cancellationToken)
    {
        IReadOnlyList<SumRow> rows = await money.QueryAsync<SumRow>(
            Sums,
            new { party = party.Value, from = from.ToUnixTimeSeconds(), until = until.ToUnixTimeSeconds(), cutoff = Over(cutoff) },
            cancellationToken).ConfigureAwait(false);
        return [.. rows.SelectMany(Split)];
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<string>> LateEventsAsync(PartyId party, DateTimeOffset from, DateTimeOffset until, DateTimeOffset recordedAfter, DateTimeOffset cutoff, int limit, CancellationToken cancellationToken) =>
        money.QueryAsync<string>(
            Late,
            new
            {
                party = party.Value, from = from.ToUnixTimeSeconds(), until = until.ToUnixTimeSeconds(), after = Over(recordedAfter), cutoff = Over(cutoff),
                fromUs = UnixTime.Microseconds(from), untilUs = UnixTime.Microseconds(until), limit,
            },
            cancellationToken);

    /// <inheritdoc/>
    public async Task<DateTimeOffset?> OldestLateAsync(PartyId party, DateTimeOffset endedBefore, DateTimeOffset recordedAfter, DateTimeOffset cutoff, CancellationToken cancellationToken)
    {
        IReadOnlyList<long?> oldest = await money.QueryAsync<long?>(
            """
            SELECT MIN(s.event_interval_s) FROM meter_profiles p JOIN meter_sums s ON s.profile = p.id
            WHERE p.party = @party AND s.interval_s > s.event_interval_s AND s.interval_s > @after AND s.interval_s <= @cutoff AND s.event_interval_s < @before
            """,
            new { party = party.Value, before = endedBefore.ToUnixTimeSeconds(), after = Over(recordedAfter), cutoff = Over(cutoff) },
            cancellationToken).ConfigureAwait(false);
        return oldest[0] is { } seconds ? DateTimeOffset.FromUnixTimeSeconds(seconds) : null;
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<PartyId>> PartiesAsync(DateTimeOffset from, DateTimeOffset until, CancellationToken cancellationToken)
    {
        IReadOnlyList<string> parties = await money.QueryAsync<string>(
            """
            SELECT DISTINCT p.party FROM meter_profiles p
            WHERE EXISTS (SELECT 1 FROM meter_sums s WHERE s.profile = p.id AND s.event_interval_s >= @from AND s.event_interval_s < @until)
                OR EXISTS (SELECT 1 FROM meter_sums s WHERE s.profile = p.id AND s.event_interval_s < @from AND s.interval_s >= @from) ORDER BY p.party
            """,
            new { from = from.ToUnixTimeSeconds(), until = until.ToUnixTimeSeconds() },
            cancellationToken).ConfigureAwait(false);
        return [.. parties.Select(party => new PartyId(party))];
    }

    private long Over(DateTimeOffset cutoff) => cutoff.ToUnixTimeSeconds() - intervalSeconds;

    private static IEnumerable<MeteredQuantity> Split(SumRow row)
    {
        IReadOnlyList<GrantId> chain = GrantChainText.Split(row.GrantChain);
        foreach ((UsageMeter meter, long quantity, long nanos) in SumParts.Of(row))
        {
            if (quantity != 0 || nanos != 0)
            {
                yield return new MeteredQuantity(new PartyId(row.Party), chain, row.PriceVersion, row.Model, meter, row.Batch != 0, quantity, nanos);
            }
        }
    }
}
