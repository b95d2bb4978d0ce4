using Lazuli.Contracts;
using Lazuli.Storage;

namespace Lazuli.Billing;

/// <summary>An event that is to be corrected, with what it and its corrections come to.</summary>
internal sealed class CorrectedEvent
{
    private const string Select = """
        SELECT e.source AS Source, e.sequence AS Sequence, o.name AS Name, e.profile AS Profile, e.at_us AS AtUs, e.outcome AS Outcome, COALESCE(m.kind, 0) AS Kind,
            e.prompt_tokens AS Prompt, e.cached_tokens AS Cached, e.completion_tokens AS Completion, e.charge_nanos AS ChargeNanos, e.uncharged_nanos AS UnchargedNanos,
            COALESCE(m.requests, CASE WHEN e.outcome = 4 OR (e.outcome = 5 AND e.prompt_tokens + e.completion_tokens = 0) THEN 0 ELSE 1 END) AS Requests, COALESCE(m.device_seconds, 0) AS DeviceSeconds
        FROM meter_events e JOIN meter_sources o ON o.id = e.source LEFT JOIN meter_particulars m ON m.source = e.source AND m.sequence = e.sequence
        """;

    private const string Corrections = """
        SELECT CAST(COALESCE(SUM(e.prompt_tokens), 0) AS BIGINT) AS Prompt, CAST(COALESCE(SUM(e.cached_tokens), 0) AS BIGINT) AS Cached, CAST(COALESCE(SUM(e.completion_tokens), 0) AS BIGINT) AS Completion,
            CAST(COALESCE(SUM(e.charge_nanos), 0) AS BIGINT) AS ChargeNanos, CAST(COALESCE(SUM(e.uncharged_nanos), 0) AS BIGINT) AS UnchargedNanos, CAST(COALESCE(SUM(m.requests), 0) AS BIGINT) AS Requests,
            CAST(COALESCE(SUM(m.device_seconds), 0) AS BIGINT) AS DeviceSeconds
        FROM meter_events e JOIN meter_particulars m ON m.source = e.source AND m.sequence = e.sequence
        WHERE e.corrects_source = @Source AND e.corrects_sequence = @Sequence
        """;

    public long Source { get; init; }

    public long Sequence { get; init; }

    public string Name { get; init; } = "";

    public long Profile { get; init; }

    public long AtUs { get; init; }

    public long Outcome { get; init; }

    public long Kind { get; init; }

    public long Prompt { get; init; }

    public long Cached { get; init; }

    public long Completion { get; init; }

    public long ChargeNanos { get; init; }

    public long UnchargedNanos { get; init; }

    public long Requests { get; init; }

    public long DeviceSeconds { get; init; }

    /// <summary>What the event is about.</summary>
    public MeterEventKind EventKind => (MeterEventKind)Kind;

    /// <summary>Finds the event; null for none.</summary>
    public static CorrectedEvent? Find(DatabaseTransaction transaction, EventCorrection correction)
    {
        IReadOnlyList<CorrectedEvent> rows = correction.Request is { } request
            ? transaction.Query<CorrectedEvent>(Select + " WHERE e.request_id = @id", new { id = request.ToByteArray(bigEndian: true) })
            : transaction.Query<CorrectedEvent>(Select + " WHERE o.name = @Source AND e.sequence = @Sequence", new { correction.Event!.Source, correction.Event.Sequence });
        return rows.Count == 0 ? null : rows[0];
    }

    /// <summary>What it and its corrections come to.</summary>
    public EventAmounts Now(DatabaseTransaction transaction)
    {
        CorrectedEvent others = transaction.Query<CorrectedEvent>(Corrections, new { Source, Sequence })[0];
        return new EventAmounts(
            new ChargedTokens(Prompt + others.Prompt, Cached + others.Cached, Completion + others.Completion),
            DeviceSeconds + others.DeviceSeconds,
            Requests + others.Requests,
            ChargeNanos + others.ChargeNanos,
            UnchargedNanos + others.UnchargedNanos);
    }
}
