using Lazuli.Contracts;
using Lazuli.Storage;

namespace Lazuli.Billing;

/// <summary>Rows of meter events, sources, profiles, heartbeats and sums, read and written inside the caller's transaction.</summary>
internal static class MeterRows
{
    /// <summary>How many requests an invoice counts for an event <c>e</c> with particulars <c>m</c>, of which most have none: none for what failed, and for what was interrupted before anything was marked.</summary>
    public const string RequestsOfEvent = "COALESCE(m.requests, CASE WHEN e.outcome = 4 OR (e.outcome = 5 AND e.prompt_tokens + e.completion_tokens = 0) THEN 0 ELSE 1 END)";

    private const string EventColumns =
        "source, sequence, request_id, profile, at_us, prompt_tokens, cached_tokens, completion_tokens, device_us, flop, charge_nanos, uncharged_nanos, outcome, corrects_source, corrects_sequence";

    private static readonly RowWriter s_insertEvents = new($"INSERT INTO meter_events ({EventColumns}) VALUES ", 15);

    /// <summary>Writes events.</summary>
    public static void InsertEvents(DatabaseTransaction transaction, List<MeterRow> rows) => s_insertEvents.Post(transaction, rows, static (statement, p, row) =>
    {
        statement.Bind(p, row.Source).Bind(p + 1, row.Sequence);
        if (row.RequestId is { } id)
        {
            AdmissionRows.BindId(statement, p + 2, id);
        }
        else
        {
            statement.BindNull(p + 2);
        }

        statement.Bind(p + 3, row.Profile).Bind(p + 4, row.AtMicroseconds).Bind(p + 5, row.Tokens.Prompt).Bind(p + 6, row.Tokens.Cached).Bind(p + 7, row.Tokens.Completion)
            .Bind(p + 8, row.DeviceMicroseconds).Bind(p + 9, row.Flop).Bind(p + 10, row.ChargeNanos).Bind(p + 11, row.UnchargedNanos).Bind(p + 12, (long)row.Outcome);
        BindOptional(statement, p + 13, row.CorrectsSource);
        BindOptional(statement, p + 14, row.CorrectsSequence);
    });

    /// <summary>What a settled request came to.</summary>
    public static Settlement? FindSettlement(DatabaseTransaction transaction, Guid requestId)
    {
        PreparedStatement row = transaction.Prepare(
            "SELECT e.sequence, e.charge_nanos, p.currency, p.price_version FROM meter_events e JOIN meter_profiles p ON p.id = e.profile WHERE e.request_id = @id", "id");
        AdmissionRows.BindId(row, 0, requestId);
        Settlement? found = row.Read() ? new Settlement(requestId, row.GetInt64(0), new Money(row.GetInt64(1), new Currency(row.GetString(2))), row.GetString(3)) : null;
        row.Finish();
        return found;
    }

    /// <summary>A new source's number.</summary>
    public static (long Id, string Name) OpenSource(DatabaseTransaction transaction, string node, long nowMicroseconds)
    {
        long id = transaction.Scalar<long>("SELECT COALESCE(MAX(id), 0) + 1 FROM meter_sources");
        long last = transaction.Scalar<long>("SELECT COALESCE(MAX(last_us), 0) FROM meter_sources WHERE is_ours = 1");
        if (last - nowMicroseconds > MostClockLagMicroseconds)
        {
            throw new InvalidOperationException($"The clock says {UnixTime.FromMicroseconds(nowMicroseconds):u}, and an event was metered at {UnixTime.FromMicroseconds(last):u}. Set the clock; until then nothing is admitted.");
        }

        string name = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{node}/{id}");
        transaction.Execute(
            "INSERT INTO meter_sources (id, name, is_ours, started_us, ended_us, beat, last_us, next_sequence, counted_sequence) VALUES (@id, @name, 1, @at, NULL, 0, @at, 1, 1)",
            new { id, name, at = Math.Max(nowMicroseconds, last) });
        return (id, name);
    }

    /// <summary>Where a source stands; null when it has ended.</summary>
    public static (long Next, long Counted, long LastMicroseconds)? ReadOpenSource(DatabaseTransaction transaction, long id)
    {
        PreparedStatement row = transaction.Prepare("SELECT next_sequence, counted_sequence, last_us FROM meter_sources WHERE id = @id AND ended_us IS NULL", "id").Bind(0, id);
        (long, long, long)? found = row.Read() ? (row.GetInt64(0), row.GetInt64(1), row.GetInt64(2)) : null;
        row.Finish();
        return found;
    }

    /// <summary>Keeps where a source stands.</summary>
    public static void UpdateSource(DatabaseTransaction transaction, long id, long lastMicroseconds, long next, long counted) => transaction.Prepare(
        "UPDATE meter_sources SET beat = beat + 1, last_us = @last, next_sequence = @next, counted_sequence = @counted WHERE id = @id", "last", "next", "counted", "id")
        .Bind(0, lastMicroseconds).Bind(1, next).Bind(2, counted).Bind(3, id).Post();

    /// <summary>Ends a source: it never has another event.</summary>
    public static void EndSource(DatabaseTransaction transaction, long id, long nowMicroseconds) => transaction.Execute(
        "UPDATE meter_sources SET ended_us = @now, counted_sequence = next_sequence WHERE id = @id", new { id, now = nowMicroseconds });

    /// <summary>A profile's row, made when there is none.</summary>
    public static MeterProfile Store(DatabaseTransaction transaction, MeterProfile profile)
    {
        TokenPrices prices = profile.Prices;
        var values = new
        {
            profile.Key, Project = profile.Project.Value, Party = profile.Party.Value, profile.GrantChain, profile.ModelName, profile.ModelDigest,
            prices.PriceVersion, Seller = prices.Seller.Value, Currency = prices.Currency.Code, prices.InputNanos, prices.CachedInputNanos, prices.OutputNanos, Batch = profile.Batch ? 1L : 0L,
        };
        transaction.Execute(
            """
            INSERT INTO meter_profiles (id, key, project, party, grant_chain, model_name, model_digest, price_version, seller, currency, input_nanos, cached_nanos, output_nanos, batch)
            SELECT COALESCE(MAX(id), 0) + 1, @Key, @Project, @Party, @GrantChain, @ModelName, @ModelDigest, @PriceVersion, @Seller, @Currency, @InputNanos, @CachedInputNanos, @OutputNanos, @Batch
            FROM meter_profiles WHERE 1 = 1 ON CONFLICT DO NOTHING
            """,
            values);
        return profile with
        {
            Id = transaction.Scalar<long>(
                """
                SELECT id FROM meter_profiles WHERE key = @Key AND project = @Project AND party = @Party AND grant_chain = @GrantChain AND model_name = @ModelName AND model_digest = @ModelDigest
                    AND price_version = @PriceVersion AND seller = @Seller AND currency = @Currency AND input_nanos = @InputNanos AND cached_nanos = @CachedInputNanos AND output_nanos = @OutputNanos AND batch = @Batch
                """,
                values),
        };
    }

    /// <summary>A profile by its number.</summary>
    public static MeterProfile ReadProfile(DatabaseTransaction transaction, long id)
    {
        PreparedStatement row = transaction.Prepare(
            "SELECT key, project, party, grant_chain, model_name, model_digest, price_version, seller, currency, input_nanos, cached_nanos, output_nanos, batch FROM meter_profiles WHERE id = @id", "id").Bind(0, id);
        row.Read();
        var profile = new MeterProfile(
            id, row.GetString(0), new ProjectId(row.GetString(1)), new PartyId(row.GetString(2)), row.GetString(3), row.GetString(4), row.GetString(5),
            new TokenPrices(row.GetString(6), new PartyId(row.GetString(7)), new Currency(row.GetString(8)), row.GetInt64(9), row.GetInt64(10), row.GetInt64(11)),
            row.GetInt64(12) != 0);
        row.Finish();
        return profile;
    }

    /// <summary>Sums of a source's events that are in no heartbeat yet, by the interval in which they were recorded, that in which they ended, and profile.</summary>
    public static List<UncountedSums> ReadUncounted(DatabaseTransaction transaction, long source, long counted, int lengthSeconds)
    {
        PreparedStatement row = transaction.Prepare(
            $"""
            SELECT COALESCE(m.recorded_us, e.at_us) / @length, e.at_us / @length, e.profile, COUNT(*), CAST(SUM(e.prompt_tokens) AS BIGINT), CAST(SUM(e.cached_tokens) AS BIGINT),
                CAST(SUM(e.completion_tokens) AS BIGINT), CAST(SUM(e.device_us) AS BIGINT), SUM(e.flop), CAST(SUM(e.charge_nanos) AS BIGINT), CAST(SUM(e.uncharged_nanos) AS BIGINT),
                CAST(SUM({RequestsOfEvent}) AS BIGINT),
                CAST(SUM(COALESCE(m.device_seconds, 0)) AS BIGINT), MIN(e.sequence), MAX(e.sequence)
            FROM meter_events e LEFT JOIN meter_particulars m ON m.source = e.source AND m.sequence = e.sequence
            WHERE e.source = @source AND e.sequence >= @counted GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
            """,
            "length", "source", "counted").Bind(0, lengthSeconds * 1_000_000L).Bind(1, source).Bind(2, counted);
        var found = new List<UncountedSums>();
        while (row.Read())
        {
            found.Add(new UncountedSums(row.GetInt64(0) * lengthSeconds, row.GetInt64(1) * lengthSeconds, row.GetInt64(2), new MeterSums
            {
                Events = row.GetInt64(3),
                PromptTokens = row.GetInt64(4),
                CachedTokens = row.GetInt64(5),
                CompletionTokens = row.GetInt64(6),
                DeviceMicroseconds = row.GetInt64(7),
                Flop = row.GetDouble(8),
                ChargeNanos = row.GetInt64(9),
                UnchargedNanos = row.GetInt64(10),
                Requests = row.GetInt64(11),
                DeviceSeconds = row.GetInt64(12),
                FirstSequence = row.GetInt64(13),
                LastSequence = row.GetInt64(14),
            }));
        }

        return found;
    }

    /// <summary>Writes a heartbeat; one that is there already counts on.</summary>
    public static void InsertBeat(DatabaseTransaction transaction, long interval, long source, int lengthSeconds, long first, long events) => transaction.Prepare(
        """
        INSERT INTO meter_beats (interval_s, source, length_s, first_sequence, events) VALUES (@interval, @source, @length, @first, @events)
        ON CONFLICT (interval_s, source) DO UPDATE SET events = meter_beats.events + excluded.events
        """,
        "interval", "source", "length", "first", "events").Bind(0, interval).Bind(1, source).Bind(2, (long)lengthSeconds).Bind(3, first).Bind(4, events).Post();

    /// <summary>Writes sums; ones that are there already count on.</summary>
    public static void InsertSums(DatabaseTransaction transaction, long interval, long source, long profile, long eventInterval, MeterSums sums) => transaction.Prepare(
        """
        INSERT INTO meter_sums (interval_s, source, profile, event_interval_s, events, prompt_tokens, cached_tokens, completion_tokens, device_us, flop, charge_nanos, uncharged_nanos, requests, device_seconds,
            first_sequence, last_sequence)
        VALUES (@interval, @source, @profile, @eventInterval, @events, @prompt, @cached, @completion, @device, @flop, @charge, @uncharged, @requests, @seconds, @first, @last)
        ON CONFLICT (interval_s, source, profile, event_interval_s) DO UPDATE SET events = meter_sums.events + excluded.events, prompt_tokens = meter_sums.prompt_tokens + excluded.prompt_tokens,
            cached_tokens = meter_sums.cached_tokens + excluded.cached_tokens, completion_tokens = meter_sums.completion_tokens + excluded.completion_tokens, device_us = meter_sums.device_us + excluded.device_us,
            flop = meter_sums.flop + excluded.flop, charge_nanos = meter_sums.charge_nanos + excluded.charge_nanos, uncharged_nanos = meter_sums.uncharged_nanos + excluded.uncharged_nanos,
            requests = meter_sums.requests + excluded.requests, device_seconds = meter_sums.device_seconds + excluded.device_seconds,
            first_sequence = CASE WHEN excluded.first_sequence < meter_sums.first_sequence THEN excluded.first_sequence ELSE meter_sums.first_sequence END,
            last_sequence = CASE WHEN excluded.last_sequence > meter_sums.last_sequence THEN excluded.last_sequence ELSE meter_sums.last_sequence END
        """,
        "interval", "source", "profile", "eventInterval", "events", "prompt", "cached", "completion", "device", "flop", "charge", "uncharged", "requests", "seconds", "first", "last")
        .Bind(0, interval).Bind(1, source).Bind(2, profile).Bind(3, eventInterval).Bind(4, sums.Events).Bind(5, sums.PromptTokens).Bind(6, sums.CachedTokens).Bind(7, sums.CompletionTokens)
        .Bind(8, sums.DeviceMicroseconds).Bind(9, sums.Flop).Bind(10, sums.ChargeNanos).Bind(11, sums.UnchargedNanos).Bind(12, sums.Requests).Bind(13, sums.DeviceSeconds)
        .Bind(14, sums.FirstSequence).Bind(15, sums.LastSequence).Post();

    /// <summary>Lists requests that were settled for a dead source.</summary>
    public static void InsertRecovery(DatabaseTransaction transaction, long source, long first, long events, DateTimeOffset at) => transaction.Execute(
        "INSERT INTO meter_recoveries (source, first_sequence, events, at) VALUES (@source, @first, @events, @at)", new { source, first, events, at = StoredTime.Format(at) });

    private const long MostClockLagMicroseconds = 300_000_000;

    private static void BindOptional(PreparedStatement statement, int position, long? value)
    {
        if (value is { } given)
        {
            statement.Bind(position, given);
        }
        else
        {
            statement.BindNull(position);
        }
    }
}
