using Lazuli.Contracts;
using Lazuli.Storage;

namespace Lazuli.Billing;

/// <summary>Appends digests of documents to the log, each once.</summary>
/// <remarks>
/// How long the log was is kept before entries are appended, and where they are after. Should the process be killed between, the next one looks for them from there on
/// and appends what it does not find. For one process at a time: the one that keeps the log.
/// </remarks>
internal sealed class DocumentSealer(MoneyDatabase money, ITransparencyLog log) : IDisposable
{
    private const int AtOnce = 256;

    private readonly SemaphoreSlim _one = new(1);
    private bool _isComplete;

    /// <summary>Appends what is on its way; answers how many digests.</summary>
    public async Task<int> SealAsync(CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (!_isComplete)
            {
                await FindOlderAsync(cancellationToken).ConfigureAwait(false);
                _isComplete = true;
            }

            int done = 0;
            while (await SomeAsync(cancellationToken).ConfigureAwait(false) is > 0 and int some)
            {
                done += some;
            }

            return done;
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();

    /// <summary>Documents that were frozen before digests went into the log.</summary>
    private Task FindOlderAsync(CancellationToken cancellationToken) => money.WriteAsync(
        transaction =>
        {
            IReadOnlyList<DocumentRow> older = transaction.Query<DocumentRow>(
                """
                SELECT i.number AS Number, i.digest AS Digest, CASE WHEN i.credits IS NULL THEN 0 ELSE 1 END AS Kind FROM invoices i
                WHERE i.number IS NOT NULL AND NOT EXISTS (SELECT 1 FROM document_seals s WHERE s.number = i.number)
                UNION ALL
                SELECT r.number AS Number, r.digest AS Digest, 2 AS Kind FROM royalty_statements r WHERE NOT EXISTS (SELECT 1 FROM document_seals s WHERE s.number = r.number)
                ORDER BY 1
                """);
            foreach (DocumentRow row in older)
            {
                DocumentSeals.Put(transaction, (DocumentKind)row.Kind, row.Number, row.Digest);
            }

            return older.Count;
        },
        cancellationToken);

    private async Task<int> SomeAsync(CancellationToken cancellationToken)
    {
        long size = log.Size;
        IReadOnlyList<SealRow> pending = await money.WriteAsync(
            transaction =>
            {
                IReadOnlyList<SealRow> rows = transaction.Query<SealRow>("SELECT number AS Number, leaf AS Leaf, log_size AS Size FROM document_seals WHERE log_index IS NULL ORDER BY number LIMIT @limit", new { limit = AtOnce });
                foreach (SealRow row in rows.Where(row => row.Size is null))
                {
                    transaction.Execute("UPDATE document_seals SET log_size = @size WHERE number = @Number", new { size, row.Number });
                }

                return rows;
            },
            cancellationToken).ConfigureAwait(false);
        if (pending.Count == 0)
        {
            return 0;
        }

        Dictionary<string, long> found = await FindAsync(pending, size, cancellationToken).ConfigureAwait(false);
        SealRow[] missing = [.. pending.Where(row => !found.ContainsKey(row.Number))];
        if (missing.Length > 0)
        {
            long first = await log.AppendAsync([.. missing.Select(row => (ReadOnlyMemory<byte>)row.Leaf)], cancellationToken).ConfigureAwait(false);
            for (int i = 0; i < missing.Length; i++)
            {
                found.Add(missing[i].Number, first + i);
            }
        }

        await money.WriteAsync(
            transaction =>
            {
                foreach ((string number, long index) in found)
                {
                    transaction.Execute("UPDATE document_seals SET log_index = @index WHERE number = @number", new { index, number });
                }

                return found.Count;
            },
            cancellationToken).ConfigureAwait(false);
        return pending.Count;
    }

    /// <summary>Where entries are that were tried before: from the length that the log had then.</summary>
    private async Task<Dictionary<string, long>> FindAsync(IReadOnlyList<SealRow> pending, long size, CancellationToken cancellationToken)
    {
        var found = new Dictionary<string, long>(StringComparer.Ordinal);
        SealRow[] tried = [.. pending.Where(row => row.Size is not null)];
        for (long index = tried.Length == 0 ? size : tried.Min(row => row.Size!.Value); index < size && found.Count < tried.Length; index++)
        {
            ReadOnlyMemory<byte> entry = (await log.ReadAsync(index, cancellationToken).ConfigureAwait(false))!.Value;
            if (Array.Find(tried, row => entry.Span.SequenceEqual(row.Leaf)) is { } row)
            {
                found.TryAdd(row.Number, index);
            }
        }

        return found;
    }

    private sealed class DocumentRow
    {
        public string Number { get; init; } = "";

        public string Digest { get; init; } = "";

        public long Kind { get; init; }
    }

    private sealed class SealRow
    {
        public string Number { get; init; } = "";

        public byte[] Leaf { get; init; } = [];

        public long? Size { get; init; }
    }
}
