using System.Globalization;
using Lazuli.Contracts;
using Lazuli.Storage;
using Microsoft.Extensions.Options;

namespace Lazuli.Billing;

/// <summary>Whether all of a period was metered, from heartbeats, numbers and open requests. What is missing is not zero.</summary>
internal sealed class MeterPeriods(MoneyDatabase money, IOptions<AdmissionOptions> options, TimeProvider time, ISealing? sealing = null) : IMeterPeriods
{
    /// <inheritdoc/>
    public async Task<string?> WhyIncompleteAsync(PartyId party, DateTimeOffset from, DateTimeOffset until, CancellationToken cancellationToken)
    {
        if (time.GetUtcNow() < until)
        {
            return $"The period ends at {until:u} and is not over.";
        }

        if (sealing?.Failure is { } failure
            && await ScalarAsync("SELECT COUNT(*) FROM meter_seals WHERE log_index IS NOT NULL AND interval_s >= @untilS", new { untilS = until.ToUnixTimeSeconds() }, cancellationToken).ConfigureAwait(false) == 0)
        {
            return failure; // sealing goes in order, so a later interval under the log says that all of the period is
        }

        int seconds = options.Value.IntervalSeconds;
        if (!IsBorder(from) || !IsBorder(until))
        {
            return string.Create(CultureInfo.InvariantCulture, $"Use is summed every {seconds} s, and the period from {from:O} to {until:O} does not begin and end on such a border, so that a part of it could not be told.");
        }

        bool IsBorder(DateTimeOffset at) => at.UtcTicks % (seconds * TimeSpan.TicksPerSecond) == 0;
        long untilUs = UnixTime.Microseconds(until);
        long open = await ScalarAsync(
            "SELECT COUNT(*) FROM holds h JOIN meter_profiles p ON p.id = h.profile WHERE p.party = @party AND h.admitted_us < @untilUs", new { party = party.Value, untilUs }, cancellationToken).ConfigureAwait(false);
        if (open > 0)
        {
            return string.Create(CultureInfo.InvariantCulture, $"{open} requests of {party} that began in the period still run.");
        }

        if (await ScalarAsync("SELECT COUNT(*) FROM meter_seals WHERE log_index IS NULL AND interval_s < @untilS", new { untilS = until.ToUnixTimeSeconds() }, cancellationToken).ConfigureAwait(false) > 0)
        {
            return "An interval of the period is on its way to the transparency log and has not arrived; ask again in a while, and look at the process that keeps the log.";
        }

        // A source that has ended, by itself or recovered, has no event that is in no heartbeat. One that is open must have beaten past the period's end.
        IReadOnlyList<string> silent = await money.QueryAsync<string>(
            """
            SELECT s.name FROM meter_sources s WHERE s.is_ours = 1 AND s.started_us < @untilUs AND s.ended_us IS NULL
                AND COALESCE((SELECT MAX(b.interval_s + b.length_s) FROM meter_beats b WHERE b.source = s.id), 0) < @untilS ORDER BY s.id LIMIT 1
            """,
            new { untilUs, untilS = until.ToUnixTimeSeconds() },
            cancellationToken).ConfigureAwait(false);
        if (silent.Count > 0)
        {
            return $"The source {silent[0]} has no heartbeat for the period's end: it runs and has not written it, or was killed and is not recovered.";
        }

        if (await WhyOutsideIncompleteAsync(party, from, until, cancellationToken).ConfigureAwait(false) is { } outside)
        {
            return outside;
        }

        IReadOnlyList<GapRow> gaps = await money.QueryAsync<GapRow>(
            """
            SELECT s.name AS Name, s.counted_sequence - 1 AS Counted, CAST(COALESCE(SUM(b.events), 0) AS BIGINT) AS InBeats,
                (SELECT COUNT(*) FROM meter_events e WHERE e.source = s.id AND e.sequence < s.counted_sequence) AS Stored
            FROM meter_sources s LEFT JOIN meter_beats b ON b.source = s.id
            WHERE s.started_us < @untilUs AND (s.ended_us IS NULL OR s.ended_us >= @fromUs) GROUP BY s.id, s.name, s.counted_sequence ORDER BY s.id
            """,
            new { fromUs = UnixTime.Microseconds(from), untilUs },
            cancellationToken).ConfigureAwait(false);
        return gaps.FirstOrDefault(row => row.Counted != row.InBeats || row.Counted != row.Stored) is { } gap
            ? string.Create(CultureInfo.InvariantCulture, $"The source {gap.Name} numbered {gap.Counted} events; {gap.InBeats} are in its heartbeats and {gap.Stored} are stored.")
            : null;
    }

    /// <summary>Events of the party that wait in quarantine, and sources that sent some of its events, promised heartbeats, and are not heard to the period's end.</summary>
    private async Task<string?> WhyOutsideIncompleteAsync(PartyId party, DateTimeOffset from, DateTimeOffset until, CancellationToken cancellationToken)
    {
        var values = new { party = party.Value, fromUs = UnixTime.Microseconds(from), untilUs = UnixTime.Microseconds(until) };
        long waiting = await ScalarAsync("SELECT COUNT(*) FROM meter_quarantine WHERE state = 'Waiting' AND party = @party AND event_us >= @fromUs AND event_us < @untilUs", values, cancellationToken).ConfigureAwait(false);
        if (waiting > 0)
        {
            return $"{waiting} events of {party} in the period wait in quarantine. Release or drop them: `lazuli usage quarantine list` names them.";
        }

        IReadOnlyList<string> silent = await money.QueryAsync<string>(
            """
            SELECT s.name FROM meter_emitters m JOIN meter_sources s ON s.id = m.source
            WHERE m.beats = 1 AND s.ended_us IS NULL AND s.started_us < @untilUs AND (m.heard_us < @untilUs OR m.heard_sequence >= s.next_sequence)
                AND EXISTS (SELECT 1 FROM meter_profiles p JOIN meter_sums u ON u.profile = p.id WHERE p.party = @party AND u.source = s.id)
            ORDER BY s.name LIMIT 1
            """,
            values,
            cancellationToken).ConfigureAwait(false);
        return silent.Count == 0 ? null : $"The source {silent[0]}, which meters {party} elsewhere, has no heartbeat for the period's end, or has not sent all that it said; its use may be missing. Close it when it is no more.";
    }

    private async Task<long> ScalarAsync(string sql, object values, CancellationToken cancellationToken) => (await money.QueryAsync<long>(sql, values, cancellationToken).ConfigureAwait(false))[0];

    private sealed class GapRow
    {
        public string Name { get; init; } = "";

        public long Counted { get; init; }

        public long InBeats { get; init; }

        public long Stored { get; init; }
    }
}
