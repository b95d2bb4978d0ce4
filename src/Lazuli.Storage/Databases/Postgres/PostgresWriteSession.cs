using System.Data;
using System.Data.Common;
using Npgsql;

namespace Lazuli.Storage;

/// <summary>The connection that writes to one schema of a PostgreSQL server.</summary>
/// <remarks>
/// Every write transaction first locks the schema's table of migrations, so all writers of all processes take turns, as they do with a
/// SQLite file: a piece of work that reads and then writes needs no locks of its own, and there are no deadlocks. Readers are not held up.
/// What has no answer that somebody waits for is kept back and sent with what has.
/// </remarks>
internal sealed class PostgresWriteSession : WriteSession
{
    private const string Release = "RELEASE SAVEPOINT piece";

    private readonly string _name;
    private readonly NpgsqlDataSource _source;
    private readonly Dictionary<string, PostgresStatement> _statements = new(StringComparer.Ordinal);
    private readonly List<NpgsqlBatchCommand> _waiting = [];
    private NpgsqlConnection? _connection;
    private bool _savepointSent;

    /// <param name="name">For messages.</param>
    /// <param name="source">Owned from here on.</param>
    public PostgresWriteSession(string name, NpgsqlDataSource source)
    {
        _name = name;
        _source = source;
    }

    public override DbConnection Connection
    {
        get
        {
            Flush();
            return Open();
        }
    }

    public override bool IsInTransaction => _connection is { FullState: ConnectionState.Open };

    public override void Begin()
    {
        _waiting.Clear();
        bool mayBeStale = _connection is not null;
        try
        {
            BeginOnce();
        }
        catch (Exception e) when (mayBeStale && PostgresFailure.Of(_name, e, committing: false) is { IsTransient: true } && !IsInTransaction)
        {
            // The server was restarted since the last write. Nothing was asked of it yet, so asking again is safe.
            Close();
            BeginOnce();
        }
    }

    public override void Commit()
    {
        // A transaction that an error has ended answers a commit with a rollback and no error; anything else it refuses.
        Post(new NpgsqlBatchCommand("SELECT 1"));
        Run(new NpgsqlBatchCommand("COMMIT"), rows: null);
    }

    public override void Rollback()
    {
        _waiting.Clear();
        if (!IsInTransaction)
        {
            Close();
            return;
        }

        try
        {
            Run(new NpgsqlBatchCommand("ROLLBACK"), rows: null);
        }
        catch (Exception e) when (PostgresFailure.Of(_name, e, committing: false) is not null)
        {
            // The server undoes what a lost connection left open.
            Close();
        }
    }

    public override void Savepoint()
    {
        _savepointSent = false;
        Post(new NpgsqlBatchCommand("SAVEPOINT piece"));
    }

    public override void ReleaseSavepoint() => Run(new NpgsqlBatchCommand(Release), rows: null);

    public override void RollbackToSavepoint()
    {
        _waiting.Clear();
        if (_savepointSent)
        {
            Post(new NpgsqlBatchCommand("ROLLBACK TO SAVEPOINT piece"));
            Run(new NpgsqlBatchCommand(Release), rows: null);
        }
    }

    public override void ResetStatements()
    {
        foreach (PostgresStatement statement in _statements.Values)
        {
            statement.Finish();
        }
    }

    public override PreparedStatement Prepare(string sql, ReadOnlySpan<string> parameters)
    {
        if (!_statements.TryGetValue(sql, out PostgresStatement? statement))
        {
            statement = new PostgresStatement(this, sql, parameters);
            _statements.Add(sql, statement);
        }

        return statement;
    }

    /// <summary>Keeps a command without rows until something is run.</summary>
    public void Post(NpgsqlBatchCommand command) => _waiting.Add(command);

    /// <summary>Runs what waits and then the command.</summary>
    /// <param name="command">The last.</param>
    /// <param name="rows">Gets its rows; null when they do not matter.</param>
    public void Run(NpgsqlBatchCommand command, List<object[]>? rows)
    {
        _waiting.Add(command);
        RunWaiting(rows);
    }

    public override StorageFailedException? Translate(Exception e, bool committing) => PostgresFailure.Of(_name, e, committing);

    public override void Dispose()
    {
        Close();
        _source.Dispose();
    }

    private void BeginOnce()
    {
        Post(new NpgsqlBatchCommand("BEGIN"));
        Run(new NpgsqlBatchCommand("LOCK TABLE schema_migrations IN EXCLUSIVE MODE"), rows: null);
    }

    private void Flush()
    {
        if (_waiting.Count > 0)
        {
            RunWaiting(rows: null);
        }
    }

    private void RunWaiting(List<object[]>? rows)
    {
        using NpgsqlBatch batch = Open().CreateBatch();
        foreach (NpgsqlBatchCommand command in _waiting)
        {
            batch.BatchCommands.Add(command);
        }

        _waiting.Clear();
        _savepointSent = true;
        if (rows is null)
        {
            batch.ExecuteNonQuery();
            return;
        }

        // Only the last one answers rows, so the first result is its.
        using NpgsqlDataReader reader = batch.ExecuteReader();
        while (reader.Read())
        {
            var row = new object[reader.FieldCount];
            reader.GetValues(row);
            rows.Add(row);
        }
    }

    private NpgsqlConnection Open() => _connection ??= _source.OpenConnection();

    private void Close()
    {
        _connection?.Dispose();
        _connection = null;
    }
}
