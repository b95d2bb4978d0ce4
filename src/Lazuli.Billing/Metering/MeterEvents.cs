using Lazuli.Contracts;
using Lazuli.Storage;

namespace Lazuli.Billing;

/// <summary>Reads meter events.</summary>
internal sealed class MeterEvents(MoneyDatabase money) : IMeterEvents
{
    /// <summary>What dead processes left behind. Begins with the few recoveries: SQLite would begin with all events, which lie in the order that is asked for.</summary>
    internal const string Interrupted = Select + " FROM meter_recoveries r CROSS JOIN meter_events e " + Joined + """

        WHERE e.source = r.source AND e.sequence >= r.first_sequence AND e.sequence < r.first_sequence + r.events ORDER BY e.source, e.sequence
        """;

    private const string Columns = Select + " FROM meter_events e " + Joined;

    private const string Select = """
        SELECT o.name AS Source, e.sequence AS Sequence, e.request_id AS RequestId, e.at_us AS AtUs, p.key AS Key, p.project AS Project, p.party AS Party, p.grant_chain AS GrantChain, p.model_name AS ModelName,
            p.model_digest AS ModelDigest, p.price_version AS PriceVersion, p.currency AS Currency, e.prompt_tokens AS Prompt, e.cached_tokens AS Cached, e.completion_tokens AS Completion,
            e.device_us AS DeviceUs, e.flop AS Flop, e.charge_nanos AS ChargeNanos, e.outcome AS Outcome, COALESCE(m.kind, 0) AS Kind, m.requests AS Requests, COALESCE(m.device_seconds, 0) AS DeviceSeconds,
            COALESCE(m.reason, '') AS Reason, COALESCE(m.request, '') AS Request, COALESCE(c.name, '') AS CorrectsSource, COALESCE(e.corrects_sequence, 0) AS CorrectsSequence
        """;

    private const string Joined = """
        JOIN meter_profiles p ON p.id = e.profile JOIN meter_sources o ON o.id = e.source
        LEFT JOIN meter_particulars m ON m.source = e.source AND m.sequence = e.sequence LEFT JOIN meter_sources c ON c.id = e.corrects_source
        """;

    /// <inheritdoc/>
    public async Task<MeterEvent?> FindAsync(Guid requestId, CancellationToken cancellationToken)
    {
        IReadOnlyList<EventRow> rows = await money.QueryAsync<EventRow>(Columns + " WHERE e.request_id = @id", new { id = requestId.ToByteArray(bigEndian: true) }, cancellationToken).ConfigureAwait(false);
        return rows.Count == 0 ? null : rows[0].ToEvent();
    }

    /// <summary>The event of an identity; null for none.</summary>
    public async Task<MeterEvent?> FindAsync(EventIdentity identity, CancellationToken cancellationToken)
    {
        IReadOnlyList<EventRow> rows = await money.QueryAsync<EventRow>(Columns + " WHERE o.name = @Source AND e.sequence = @Sequence", new { identity.Source, identity.Sequence }, cancellationToken).ConfigureAwait(false);
        return rows.Count == 0 ? null : rows[0].ToEvent();
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<MeterEvent>> InterruptedAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<EventRow> rows = await money.QueryAsync<EventRow>(Interrupted, null, cancellationToken).ConfigureAwait(false);
        return [.. rows.Select(row => row.ToEvent())];
    }

    /// <summary>Events, newest first; of those that ended in one microsecond the later numbers first.</summary>
    public async Task<IReadOnlyList<MeterEvent>> NewestAsync(UsageFilter filter, long intervalSeconds, UsageCursor? after, int limit, CancellationToken cancellationToken)
    {
        string behind = after is null ? "" : " AND (e.at_us < @atUs OR (e.at_us = @atUs AND (o.name < @source OR (o.name = @source AND e.sequence < @sequence))))";
        IReadOnlyList<EventRow> rows = await money.QueryAsync<EventRow>(
            $"""
            {Columns} JOIN ({UsageSql.Identities(filter)}) u ON u.source = e.source AND u.sequence = e.sequence
            WHERE e.at_us >= @fromUs AND e.at_us < @untilUs{behind} ORDER BY e.at_us DESC, o.name DESC, e.sequence DESC LIMIT @limit
            """,
            UsageSql.Parameters(filter, intervalSeconds, limit, intervals: 0, after: after),
            cancellationToken).ConfigureAwait(false);
        return [.. rows.Select(row => row.ToEvent())];
    }

    /// <summary>Events recorded in an interval.</summary>
    public async Task<IReadOnlyList<MeterEvent>> OfIntervalAsync(long intervalSeconds, CancellationToken cancellationToken)
    {
        IReadOnlyList<EventRow> rows = await money.QueryAsync<EventRow>(
            Columns + """
             JOIN meter_beats b ON b.source = e.source AND e.sequence >= b.first_sequence AND e.sequence < b.first_sequence + b.events
            WHERE b.interval_s = @interval ORDER BY e.source, e.sequence
            """,
            new { interval = intervalSeconds },
            cancellationToken).ConfigureAwait(false);
        return [.. rows.Select(row => row.ToEvent())];
    }

    private sealed class EventRow
    {
        public string Source { get; init; } = "";

        public long Sequence { get; init; }

        public byte[]? RequestId { get; init; }

        public long AtUs { get; init; }

        public string Key { get; init; } = "";

        public string Project { get; init; } = "";

        public string Party { get; init; } = "";

        public string GrantChain { get; init; } = "";

        public string ModelName { get; init; } = "";

        public string ModelDigest { get; init; } = "";

        public string PriceVersion { get; init; } = "";

        public string Currency { get; init; } = "";

        public long Prompt { get; init; }

        public long Cached { get; init; }

        public long Completion { get; init; }

        public long DeviceUs { get; init; }

        public double Flop { get; init; }

        public long ChargeNanos { get; init; }

        public long Outcome { get; init; }

        public long Kind { get; init; }

        public long? Requests { get; init; }

        public long DeviceSeconds { get; init; }

        public string Reason { get; init; } = "";

        public string Request { get; init; } = "";

        public string CorrectsSource { get; init; } = "";

        public long CorrectsSequence { get; init; }

        public MeterEvent ToEvent() => new()
        {
            Source = Source,
            Sequence = Sequence,
            RequestId = RequestId is not null ? new Guid(RequestId, bigEndian: true) : Guid.TryParse(Request, out Guid request) ? request : null,
            At = UnixTime.FromMicroseconds(AtUs),
            Key = Key,
            Project = new ProjectId(Project),
            Party = new PartyId(Party),
            GrantChain = GrantChainText.Split(GrantChain),
            ModelName = ModelName,
            ModelDigest = ModelDigest,
            PriceVersion = PriceVersion,
            Tokens = new ChargedTokens(Prompt, Cached, Completion),
            DeviceMicroseconds = DeviceUs,
            Flop = Flop,
            Charge = new Money(ChargeNanos, new Currency(Currency)),
            Outcome = (RequestOutcome)Outcome,
            Kind = (MeterEventKind)Kind,
            Requests = Requests ?? ((RequestOutcome)Outcome == RequestOutcome.Failed || ((RequestOutcome)Outcome == RequestOutcome.Interrupted && Prompt + Completion == 0) ? 0 : 1),
            DeviceSeconds = DeviceSeconds,
            Reason = Reason,
            Corrects = CorrectsSource.Length == 0 ? null : new EventIdentity(CorrectsSource, CorrectsSequence),
        };
    }
}
