using Lazuli.Contracts;
using Lazuli.Storage;

namespace Lazuli.Billing;

/// <summary>Device-time from metering's sums of intervals; intervals count whole, by their first second.</summary>
internal sealed class MeteredDeviceTimes(MoneyDatabase money) : IDeviceTimes
{
    /// <inheritdoc/>
    public async Task<IReadOnlyList<DeviceTime>> SumAsync(DateTimeOffset from, DateTimeOffset until, CancellationToken cancellationToken)
    {
        IReadOnlyList<TimeRow> rows = await money.QueryAsync<TimeRow>(
            """
            SELECT p.party AS Party, p.grant_chain AS GrantChain, p.model_name AS Model, CAST(SUM(s.device_us) AS BIGINT) AS Microseconds
            FROM meter_profiles p JOIN meter_sums s ON s.profile = p.id
            WHERE s.event_interval_s >= @from AND s.event_interval_s < @until
            GROUP BY p.party, p.grant_chain, p.model_name ORDER BY p.party, p.grant_chain, p.model_name
            """,
            new { from = from.ToUnixTimeSeconds(), until = until.ToUnixTimeSeconds() },
            cancellationToken).ConfigureAwait(false);
        return [.. rows.Select(row => new DeviceTime(new PartyId(row.Party), GrantChainText.Split(row.GrantChain), row.Model, row.Microseconds))];
    }

    private sealed class TimeRow
    {
        public string Party { get; init; } = "";

        public string GrantChain { get; init; } = "";

        public string Model { get; init; } = "";

        public long Microseconds { get; init; }
    }
}
