using Lazuli.Contracts;
using Lazuli.Storage;

namespace Lazuli.Billing;

/// <summary>A row of meter_sources, with what is said of it where it is outside.</summary>
internal sealed class EmitterRow
{
    private const string Select = """
        SELECT s.id AS Id, s.name AS Name, s.is_ours AS IsOurs, s.ended_us AS EndedUs, s.next_sequence AS Next, COALESCE(m.party, '') AS Party, COALESCE(m.beats, 0) AS Beats,
            COALESCE(m.heard_us, 0) AS HeardUs, COALESCE(m.heard_sequence, 0) AS HeardSequence
        FROM meter_sources s LEFT JOIN meter_emitters m ON m.source = s.id
        """;

    public long Id { get; init; }

    public string Name { get; init; } = "";

    public long IsOurs { get; init; }

    public long? EndedUs { get; init; }

    public long Next { get; set; }

    public string Party { get; init; } = "";

    public long Beats { get; init; }

    public long HeardUs { get; init; }

    public long HeardSequence { get; init; }

    /// <summary>The source of a name; null for none.</summary>
    public static EmitterRow? Find(DatabaseTransaction transaction, string name)
    {
        IReadOnlyList<EmitterRow> rows = transaction.Query<EmitterRow>(Select + " WHERE s.name = @name", new { name });
        return rows.Count == 0 ? null : rows[0];
    }

    /// <summary>All sources outside, by name.</summary>
    public static Task<IReadOnlyList<EmitterRow>> ListAsync(MoneyDatabase money, CancellationToken cancellationToken) =>
        money.QueryAsync<EmitterRow>(Select + " WHERE s.is_ours = 0 ORDER BY s.name", null, cancellationToken);

    public MeterEmitter ToEmitter() => new()
    {
        Name = Name,
        Party = new PartyId(Party),
        Beats = Beats != 0,
        Next = Next,
        HeardUntil = UnixTime.FromMicroseconds(HeardUs),
        HeardSequence = HeardSequence,
        ClosedAt = EndedUs is { } ended ? UnixTime.FromMicroseconds(ended) : null,
    };
}
