using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Lazuli.Contracts;
using Lazuli.Storage;

namespace Lazuli.Licensing;

/// <summary>The audit entries, each bound to the one before by its digest.</summary>
internal sealed class AuditTrail(LazuliDatabase database, TimeProvider time) : IAuditLog
{
    private const int Page = 1000;
    private const string Columns =
        "sequence AS Sequence, at AS At, actor AS Actor, party AS Party, action AS Action, subject AS Subject, reason AS Reason, asked AS Asked, before_digest AS BeforeDigest, after_digest AS AfterDigest, digest AS Digest";

    private static readonly string s_noneBefore = new('0', 64);

    /// <summary>Adds an entry in the change's own transaction: there is no change without one, and none without a change.</summary>
    public static void Append(DatabaseTransaction transaction, Actor actor, DateTimeOffset now, string action, string subject, string? before, string? after, string? reason, string? asked = null)
    {
        IReadOnlyList<AuditRow> last = transaction.Query<AuditRow>($"SELECT {Columns} FROM audit_entries ORDER BY sequence DESC LIMIT 1");
        var row = new AuditRow
        {
            Sequence = last.Count > 0 ? last[0].Sequence + 1 : 1,
            At = StoredTime.Format(now),
            Actor = actor.Name,
            Party = actor.Party?.Value,
            Action = action,
            Subject = subject,
            Reason = reason,
            BeforeDigest = before,
            AfterDigest = after,
            Asked = asked,
        };
        row.Digest = row.DigestAfter(last.Count > 0 ? last[0].Digest : s_noneBefore);
        transaction.Execute(
            """
            INSERT INTO audit_entries (sequence, at, actor, party, action, subject, reason, asked, before_digest, after_digest, digest)
            VALUES (@Sequence, @At, @Actor, @Party, @Action, @Subject, @Reason, @Asked, @BeforeDigest, @AfterDigest, @Digest)
            """,
            row);
    }

    /// <inheritdoc/>
    public Task AppendAsync(Actor actor, string action, string subject, string? asked, string? reason, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(actor);
        return database.WriteAsync(
            transaction =>
            {
                Append(transaction, actor, time.GetUtcNow(), action, subject, before: null, after: null, reason, asked);
                return true;
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<AuditEntry>> ListAsync(long? before, string? subject, PartyId? party, int limit, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, Page);
        string onlySubject = subject is null ? "" : "AND subject = @subject";
        string onlyParty = party is null ? "" : "AND party = @party";
        IReadOnlyList<AuditRow> rows = await database.QueryAsync<AuditRow>(
            $"SELECT {Columns} FROM audit_entries WHERE sequence < @before {onlySubject} {onlyParty} ORDER BY sequence DESC LIMIT @limit",
            new { before = before ?? long.MaxValue, subject, party = party?.Value, limit }, cancellationToken).ConfigureAwait(false);
        return [.. rows.Select(row => row.ToEntry())];
    }

    /// <inheritdoc/>
    public async Task<long?> VerifyAsync(CancellationToken cancellationToken)
    {
        long sequence = 0;
        string digest = s_noneBefore;
        while (true)
        {
            IReadOnlyList<AuditRow> rows = await database.QueryAsync<AuditRow>(
                $"SELECT {Columns} FROM audit_entries WHERE sequence > @sequence ORDER BY sequence LIMIT @Page", new { sequence, Page }, cancellationToken).ConfigureAwait(false);
            foreach (AuditRow row in rows)
            {
                if (row.Sequence != sequence + 1 || row.Digest != row.DigestAfter(digest))
                {
                    return sequence + 1;
                }

                sequence = row.Sequence;
                digest = row.Digest;
            }

            if (rows.Count < Page)
            {
                return null;
            }
        }
    }

    private sealed class AuditRow
    {
        public long Sequence { get; init; }

        public string At { get; init; } = "";

        public string Actor { get; init; } = "";

        public string? Party { get; init; }

        public string Action { get; init; } = "";

        public string Subject { get; init; } = "";

        public string? Reason { get; init; }

        public string? Asked { get; init; }

        public string? BeforeDigest { get; init; }

        public string? AfterDigest { get; init; }

        public string Digest { get; set; } = "";

        /// <summary>Lengths before texts, so that no two entries have the same bytes.</summary>
        public string DigestAfter(string previous)
        {
            var text = new StringBuilder(previous);
            text.Append(CultureInfo.InvariantCulture, $"\n{Sequence}\n");
            foreach (string? part in new[] { At, Actor, Party, Action, Subject, Reason, BeforeDigest, AfterDigest })
            {
                text.Append(CultureInfo.InvariantCulture, $"{part?.Length ?? -1}:{part}\n");
            }

            if (Asked is not null) // entries from before there was such a column have no place for it
            {
                text.Append(CultureInfo.InvariantCulture, $"asked {Asked.Length}:{Asked}\n");
            }

            return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
        }

        public AuditEntry ToEntry() => new()
        {
            Sequence = Sequence,
            At = StoredTime.Parse(At),
            Actor = Actor,
            Party = Party is null ? null : new PartyId(Party),
            Action = Action,
            Subject = Subject,
            Reason = Reason,
            Asked = Asked,
            Before = BeforeDigest,
            After = AfterDigest,
            Digest = Digest,
        };
    }
}
