using System.Text;
using Lazuli.Contracts;
using Lazuli.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Lazuli.Billing;

/// <summary>Puts usage proofs together from sealed intervals.</summary>
/// <remarks>The log is asked for when a proof is: an installation without one can meter, and proves nothing.</remarks>
internal sealed class UsageProofs(MoneyDatabase money, MeterEvents events, IServiceProvider services) : IUsageProofs
{
    /// <summary>A day of minutes and some: a proof is to be read whole.</summary>
    private const int MostIntervals = 2_000;

    /// <inheritdoc/>
    public async Task<UsageProof> ProveAsync(PartyId party, DateTimeOffset from, DateTimeOffset until, CancellationToken cancellationToken)
    {
        if (until <= from)
        {
            throw new BillingRefusedException(BillingRefusal.Invalid, $"The period from {from:O} to {until:O} is none.");
        }

        ITransparencyLog log = services.GetService<ITransparencyLog>() ?? throw new BillingRefusedException(BillingRefusal.NotFound, "This process keeps no transparency log; ask the one that seals.");
        var sealer = services.GetRequiredService<IntervalSealer>();
        string subject = await sealer.SubjectAsync(party, cancellationToken).ConfigureAwait(false);
        var proven = new List<ProvenInterval>();
        foreach (SealRow row in await SealsAsync(from, until, cancellationToken).ConfigureAwait(false))
        {
            IReadOnlyList<MeterEvent> recorded = await events.OfIntervalAsync(row.Interval, cancellationToken).ConfigureAwait(false);
            CompletenessProof proof = (await sealer.TreeAsync(recorded, cancellationToken).ConfigureAwait(false)).Prove(subject);
            proven.Add(new ProvenInterval(
                Encoding.UTF8.GetString(row.Leaf),
                await log.ReceiptAsync(row.LogIndex, cancellationToken).ConfigureAwait(false),
                [.. recorded.Where(e => e.Party == party)],
                proof.FirstIndex,
                [.. proof.Leaves.Select(l => new ProvenMeterLeaf(l.Leaf.Subject, l.Leaf.Source, l.Leaf.Sequence, l.Leaf.EventHash.ToString(), [.. l.Path.Select(hash => hash.ToString())]))]));
        }

        return new UsageProof(party, subject, from, until, proven);
    }

    /// <summary>The period's seals, with the one before it.</summary>
    private async Task<IReadOnlyList<SealRow>> SealsAsync(DateTimeOffset from, DateTimeOffset until, CancellationToken cancellationToken)
    {
        IReadOnlyList<SealRow> rows = await money.QueryAsync<SealRow>(
            """
            SELECT interval_s AS Interval, leaf AS Leaf, log_index AS LogIndex FROM meter_seals WHERE log_index IS NOT NULL
                AND interval_s >= COALESCE((SELECT MAX(b.interval_s) FROM meter_seals b WHERE b.interval_s < @from), @from) AND interval_s < @until ORDER BY interval_s LIMIT @limit
            """,
            new { from = from.ToUnixTimeSeconds(), until = until.ToUnixTimeSeconds(), limit = MostIntervals + 1 },
            cancellationToken).ConfigureAwait(false);
        if (rows.Count > MostIntervals)
        {
            throw new BillingRefusedException(BillingRefusal.Invalid, $"The period has more than {MostIntervals} sealed intervals; ask for shorter ones.");
        }

        IntervalSeal? last = rows.Count == 0 ? null : IntervalSeal.Read(rows[^1].Leaf);
        return last is not null && last.IntervalSeconds + last.LengthSeconds >= until.ToUnixTimeSeconds()
            ? rows
            : throw new BillingRefusedException(BillingRefusal.PeriodIncomplete, $"The period to {until:u} is not sealed under the log yet; ask again in a while.");
    }

    private sealed class SealRow
    {
        public long Interval { get; init; }

        public byte[] Leaf { get; init; } = [];

        public long LogIndex { get; init; }
    }
}
