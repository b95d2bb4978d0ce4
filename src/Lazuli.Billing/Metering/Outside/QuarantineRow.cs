using Lazuli.Contracts;
using Lazuli.Storage;

namespace Lazuli.Billing;

/// <summary>A row of meter_quarantine.</summary>
internal sealed class QuarantineRow
{
    /// <summary>Columns by name.</summary>
    public const string Select = """
        SELECT id AS Id, source AS Source, sequence AS Sequence, party AS Party, event_us AS EventUs, reason AS Reason, detail AS Detail, content AS Content, event AS Event, profile AS Profile,
            charge_nanos AS ChargeNanos, state AS State, at AS At, decided_by AS DecidedBy, because AS Because
        FROM meter_quarantine
        """;

    public long Id { get; init; }

    public string Source { get; init; } = "";

    public long Sequence { get; init; }

    public string Party { get; init; } = "";

    public long EventUs { get; init; }

    public string Reason { get; init; } = "";

    public string Detail { get; init; } = "";

    public string Content { get; init; } = "";

    public string Event { get; init; } = "";

    public long? Profile { get; init; }

    public long ChargeNanos { get; init; }

    public string State { get; init; } = "";

    public string At { get; init; } = "";

    public string? DecidedBy { get; init; }

    public string? Because { get; init; }

    /// <summary>Whether it waits for its turn only.</summary>
    public bool IsGap => Reason == nameof(QuarantineReason.Gap);

    /// <summary>Whether it still waits.</summary>
    public bool IsWaiting => State == nameof(QuarantineState.Waiting);

    /// <summary>Whether it takes its number's place: a replay never does.</summary>
    public bool HasPlace => Reason is not (nameof(QuarantineReason.Replayed) or nameof(QuarantineReason.OwnSource));

    /// <summary>All that came under a number, oldest first.</summary>
    public static IReadOnlyList<QuarantineRow> Of(DatabaseTransaction transaction, string source, long sequence) =>
        transaction.Query<QuarantineRow>(Select + " WHERE source = @source AND sequence = @sequence ORDER BY id", new { source, sequence });

    /// <summary>The row of an id; null for none.</summary>
    public static QuarantineRow? Find(DatabaseTransaction transaction, long id)
    {
        IReadOnlyList<QuarantineRow> rows = transaction.Query<QuarantineRow>(Select + " WHERE id = @id", new { id });
        return rows.Count == 0 ? null : rows[0];
    }

    /// <summary>How many wait.</summary>
    public static long CountWaiting(DatabaseTransaction transaction) => transaction.Scalar<long>("SELECT COUNT(*) FROM meter_quarantine WHERE state = 'Waiting'");

    /// <summary>Keeps an event.</summary>
    public static void Insert(DatabaseTransaction transaction, OutsideEvent e, Judgement judgement, long? profile, long chargeNanos, DateTimeOffset at) => transaction.Execute(
        """
        INSERT INTO meter_quarantine (source, sequence, party, event_us, reason, detail, content, event, profile, charge_nanos, state, at)
        VALUES (@Source, @Sequence, @party, @us, @reason, @Detail, @Content, @Text, @profile, @chargeNanos, 'Waiting', @at)
        """,
        new
        {
            e.Source, e.Sequence, party = e.Party.Value, us = UnixTime.Microseconds(e.At), reason = judgement.Reason!.Value.ToString(), judgement.Detail, e.Content, e.Text, profile, chargeNanos, at = StoredTime.Format(at),
        });

    /// <summary>Says what became of it.</summary>
    public static void Decide(DatabaseTransaction transaction, long id, QuarantineState state, string? by, string? because, DateTimeOffset at) => transaction.Execute(
        "UPDATE meter_quarantine SET state = @state, decided_at = @at, decided_by = @by, because = @because WHERE id = @id",
        new { id, state = state.ToString(), by, because, at = StoredTime.Format(at) });

    public QuarantinedEvent ToEvent() => new()
    {
        Id = Id,
        Source = Source,
        Sequence = Sequence,
        Party = new PartyId(Party),
        At = UnixTime.FromMicroseconds(EventUs),
        Reason = Enum.Parse<QuarantineReason>(Reason),
        Detail = Detail,
        State = Enum.Parse<QuarantineState>(State),
        ReceivedAt = StoredTime.Parse(At),
        Event = Event,
        DecidedBy = DecidedBy,
        Because = Because,
    };
}
