using System.Security.Cryptography;
using Lazuli.Contracts;
using Lazuli.Storage;

namespace Lazuli.Billing;

/// <summary>Puts each interval that is over under the transparency log: one tree, one entry.</summary>
/// <remarks>
/// An interval is sealed when it is past and every open source has beaten for it, since only then nothing can be added to it. The entry is
/// kept before it is appended: should the process be killed between, the next start finds it in the log, or appends it then.
/// For one process at a time.
/// </remarks>
internal sealed class IntervalSealer(MoneyDatabase money, MeterEvents events, ITransparencyLog log, TimeProvider time)
{
    private const int SaltBytes = 32;

    /// <summary>Seals what can be sealed, oldest first; answers how many intervals.</summary>
    public async Task<int> SealAsync(CancellationToken cancellationToken)
    {
        await FinishAsync(cancellationToken).ConfigureAwait(false);
        int done = 0;
        while (await NextAsync(cancellationToken).ConfigureAwait(false) is { } next)
        {
            IntervalTree tree = await TreeAsync(next.Interval, cancellationToken).ConfigureAwait(false);
            IReadOnlyList<byte[]> before = await money.QueryAsync<byte[]>("SELECT leaf FROM meter_seals ORDER BY interval_s DESC LIMIT 1", null, cancellationToken).ConfigureAwait(false);
            byte[] leaf = tree.Seal(next.Interval, (int)next.Length, before.Count == 0 ? "" : Convert.ToHexStringLower(SHA256.HashData(before[0]))).ToBytes();
            await money.WriteAsync(
                transaction => transaction.Execute("INSERT INTO meter_seals (interval_s, leaf, log_size, log_index) VALUES (@interval, @leaf, @size, NULL)", new { interval = next.Interval, leaf, size = log.Size }),
                cancellationToken).ConfigureAwait(false);
            await FinishAsync(cancellationToken).ConfigureAwait(false);
            done++;
        }

        return done;
    }

    /// <summary>The tree of a recorded interval, for proofs.</summary>
    public async Task<IntervalTree> TreeAsync(long intervalSeconds, CancellationToken cancellationToken) =>
        await TreeAsync(await events.OfIntervalAsync(intervalSeconds, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);

    /// <summary>The same, of an interval's events that were read already.</summary>
    public async Task<IntervalTree> TreeAsync(IReadOnlyList<MeterEvent> recorded, CancellationToken cancellationToken)
    {
        var subjects = new Dictionary<PartyId, string>();
        foreach (PartyId party in recorded.Select(e => e.Party).Distinct())
        {
            subjects.Add(party, await SubjectAsync(party, cancellationToken).ConfigureAwait(false));
        }

        return IntervalTree.Build(recorded, party => subjects[party]);
    }

    /// <summary>A party's name in leaves, from its salt, which is made at its first use.</summary>
    public async Task<string> SubjectAsync(PartyId party, CancellationToken cancellationToken)
    {
        byte[] salt = await money.WriteAsync(
            transaction =>
            {
                transaction.Execute("INSERT INTO meter_salts (party, salt) VALUES (@party, @salt) ON CONFLICT (party) DO NOTHING", new { party = party.Value, salt = RandomNumberGenerator.GetBytes(SaltBytes) });
                return transaction.Query<byte[]>("SELECT salt FROM meter_salts WHERE party = @party", new { party = party.Value })[0];
            },
            cancellationToken).ConfigureAwait(false);
        return MeterLeaf.SubjectOf(party, salt);
    }

    private async Task<NextRow?> NextAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<NextRow> rows = await money.QueryAsync<NextRow>(
            """
            SELECT b.interval_s AS Interval, MAX(b.length_s) AS Length FROM meter_beats b
            WHERE b.interval_s > COALESCE((SELECT MAX(s.interval_s) FROM meter_seals s), -1) AND b.interval_s + b.length_s <= @now
                AND NOT EXISTS (SELECT 1 FROM meter_sources o WHERE o.is_ours = 1 AND o.ended_us IS NULL AND o.started_us < (b.interval_s + b.length_s) * 1000000
                    AND COALESCE((SELECT MAX(own.interval_s) FROM meter_beats own WHERE own.source = o.id), -1) < b.interval_s)
            GROUP BY b.interval_s ORDER BY b.interval_s LIMIT 1
            """,
            new { now = time.GetUtcNow().ToUnixTimeSeconds() },
            cancellationToken).ConfigureAwait(false);
        return rows.Count == 0 ? null : rows[0];
    }

    /// <summary>Appends the entry that is on its way, unless the log has it already.</summary>
    private async Task FinishAsync(CancellationToken cancellationToken)
    {
        foreach (PendingRow pending in await money.QueryAsync<PendingRow>("SELECT interval_s AS Interval, leaf AS Leaf, log_size AS Size FROM meter_seals WHERE log_index IS NULL ORDER BY interval_s", null, cancellationToken).ConfigureAwait(false))
        {
            long index = pending.Size;
            while (index < log.Size && !(await log.ReadAsync(index, cancellationToken).ConfigureAwait(false))!.Value.Span.SequenceEqual(pending.Leaf))
            {
                index++;
            }

            index = index < log.Size ? index : await log.AppendAsync([pending.Leaf], cancellationToken).ConfigureAwait(false);
            await money.WriteAsync(transaction => transaction.Execute("UPDATE meter_seals SET log_index = @index WHERE interval_s = @interval", new { index, interval = pending.Interval }), cancellationToken).ConfigureAwait(false);
        }
    }

    private sealed class NextRow
    {
        public long Interval { get; init; }

        public long Length { get; init; }
    }

    private sealed class PendingRow
    {
        public long Interval { get; init; }

        public byte[] Leaf { get; init; } = [];

        public long Size { get; init; }
    }
}
