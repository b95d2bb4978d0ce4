using System.Data.Common;
using Lazuli.Storage;
using Microsoft.Data.Sqlite;

namespace Lazuli.Platform.Tests;

/// <summary>Stands between a writer and its database: counts commits, and lets one fail as a disk would.</summary>
internal sealed class CountingSession : WriteSession
{
    private WriteSession? _inner;
    private int _failAt;
    private int _extendedCode;

    public int Commits { get; private set; }

    public override DbConnection Connection => Inner.Connection;

    public override bool IsInTransaction => Inner.IsInTransaction;

    private WriteSession Inner => _inner ?? throw new InvalidOperationException("Around was not called.");

    public WriteSession Around(WriteSession inner)
    {
        _inner = inner;
        return this;
    }

    /// <param name="number">Counted from now, 1 for the next; a commit that fails counts.</param>
    /// <param name="extendedCode">SQLite's.</param>
    public void FailCommit(int number, int extendedCode)
    {
        _extendedCode = extendedCode;
        _failAt = Commits + number;
    }

    public override void Begin() => Inner.Begin();

    public override void Commit()
    {
        if (++Commits == _failAt)
        {
            throw new SqliteException("disk I/O error", _extendedCode & 0xFF, _extendedCode);
        }

        Inner.Commit();
    }

    public override void Rollback() => Inner.Rollback();

    public override void Savepoint() => Inner.Savepoint();

    public override void ReleaseSavepoint() => Inner.ReleaseSavepoint();

    public override void RollbackToSavepoint() => Inner.RollbackToSavepoint();

    public override void ResetStatements() => Inner.ResetStatements();

    public override PreparedStatement Prepare(string sql, ReadOnlySpan<string> parameters) => Inner.Prepare(sql, parameters);

    public override StorageFailedException? Translate(Exception e, bool committing) => Inner.Translate(e, committing);

    public override void Dispose() => Inner.Dispose();
}
