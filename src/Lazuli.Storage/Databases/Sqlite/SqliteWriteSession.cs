using System.Data.Common;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Lazuli.Storage;

/// <summary>The connection that writes to a SQLite file.</summary>
internal sealed class SqliteWriteSession : WriteSession
{
    private readonly string _path;
    private readonly SqliteConnection _connection;
    private readonly sqlite3 _handle;
    private readonly Dictionary<string, SqliteStatement> _statements = new(StringComparer.Ordinal);
    private readonly SqliteStatement _begin;
    private readonly SqliteStatement _commit;
    private readonly SqliteStatement _rollback;
    private readonly SqliteStatement _savepoint;
    private readonly SqliteStatement _release;
    private readonly SqliteStatement _rollbackTo;

    /// <param name="path">For messages.</param>
    /// <param name="connection">Owned from here on.</param>
    public SqliteWriteSession(string path, SqliteConnection connection)
    {
        _path = path;
        _connection = connection;
        _handle = connection.Handle!;

        // Immediate: the lock is taken, and waited for, before the work reads anything.
        _begin = Compile("BEGIN IMMEDIATE");
        _commit = Compile("COMMIT");
        _rollback = Compile("ROLLBACK");
        _savepoint = Compile("SAVEPOINT piece");
        _release = Compile("RELEASE piece");
        _rollbackTo = Compile("ROLLBACK TO piece");
    }

    public override DbConnection Connection => _connection;

    public override bool IsInTransaction => raw.sqlite3_get_autocommit(_handle) == 0;

    public override void Begin() => _begin.Execute();

    public override void Commit() => _commit.Execute();

    public override void Rollback()
    {
        ResetStatements();
        if (IsInTransaction)
        {
            try
            {
                _rollback.Execute();
            }
            catch (SqliteException) when (!IsInTransaction)
            {
                // An I/O error while undoing: the change is undone all the same, from the log's beginning.
            }
        }
    }

    public override void Savepoint() => _savepoint.Execute();

    public override void ReleaseSavepoint() => _release.Execute();

    public override void RollbackToSavepoint()
    {
        _rollbackTo.Execute();
        _release.Execute();
    }

    public override void ResetStatements()
    {
        foreach (SqliteStatement statement in _statements.Values)
        {
            statement.Finish();
        }
    }

    public override PreparedStatement Prepare(string sql, ReadOnlySpan<string> parameters)
    {
        if (!_statements.TryGetValue(sql, out SqliteStatement? statement))
        {
            statement = new SqliteStatement(_handle, sql, parameters);
            _statements.Add(sql, statement);
        }

        return statement;
    }

    public override StorageFailedException? Translate(Exception e, bool committing) => e is SqliteException cause ? SqliteFailure.Of(_path, cause) : null;

    public override void Dispose()
    {
        // Before the connection: SQLite keeps a file open whose statements are.
        foreach (SqliteStatement statement in _statements.Values.Concat([_begin, _commit, _rollback, _savepoint, _release, _rollbackTo]))
        {
            statement.Dispose();
        }

        _connection.Dispose();
    }

    private SqliteStatement Compile(string sql) => new(_handle, sql, []);
}
