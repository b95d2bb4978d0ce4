using System.Collections.Concurrent;
using System.Globalization;
using Dapper;
using Microsoft.Data.Sqlite;

namespace Lazuli.Storage;

/// <summary>The embedded database: one file.</summary>
/// <remarks>
/// Write-ahead log, foreign keys on, <c>synchronous = FULL</c>: what a write was acknowledged for is on the disk, and a process killed
/// at any instant leaves a file that the next start recovers. Several processes take turns.
/// </remarks>
internal sealed class SqliteDatabase : LazuliDatabase
{
    private const int Corrupt = 11;
    private const int NotADatabase = 26;

    private readonly string _connectionString;
    private readonly TimeSpan _busyTimeout;
    private readonly ConcurrentBag<SqliteConnection> _idleReaders = [];

    private SqliteDatabase(string path, string connectionString, TimeSpan busyTimeout, WriteSession session)
        : base(path, DatabaseKind.Sqlite, session)
    {
        _connectionString = connectionString;
        _busyTimeout = busyTimeout;
    }

    /// <param name="path">The file.</param>
    /// <param name="busyTimeout">How long to wait for another process's lock.</param>
    /// <param name="time">Dates the schema steps.</param>
    /// <param name="steps">Its schema.</param>
    /// <param name="decorate">Stands between the writer and the file.</param>
    public static SqliteDatabase Open(string path, TimeSpan busyTimeout, TimeProvider time, MigrationSet steps, Func<WriteSession, WriteSession>? decorate = null)
    {
        string connectionString = new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = SqliteOpenMode.ReadWriteCreate,
            Pooling = false, // readers are kept here, with their settings
            ForeignKeys = true,
            DefaultTimeout = Math.Max(1, (int)busyTimeout.TotalSeconds),
        }.ToString();
        SqliteConnection? connection = null;
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            connection = new SqliteConnection(connectionString);
            connection.Open();
            connection.Execute(string.Create(CultureInfo.InvariantCulture, $"PRAGMA busy_timeout = {(long)busyTimeout.TotalMilliseconds}"));
            CheckIntact(connection, path);
            SqliteMigrator.CheckOwner(connection, path, steps);
            connection.Execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;");
            SqliteMigrator.Migrate(connection, path, steps, time);
            WriteSession session = new SqliteWriteSession(path, connection);
            return new SqliteDatabase(path, connectionString, busyTimeout, decorate is null ? session : decorate(session));
        }
        catch (SqliteException e)
        {
            connection?.Dispose();
            throw e.SqliteErrorCode is Corrupt or NotADatabase
                ? new DatabaseRefusedException(path, DatabaseRefusal.Corrupt, $"it is damaged or not a SQLite database ({e.Message}). Restore it from a backup, or move it away to start empty.", e)
                : new DatabaseRefusedException(path, DatabaseRefusal.Unusable, e.Message, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            connection?.Dispose();
            throw new DatabaseRefusedException(path, DatabaseRefusal.Unusable, e.Message, e);
        }
        catch
        {
            connection?.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public override Task<IReadOnlyList<T>> QueryAsync<T>(string sql, object? parameters, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        cancellationToken.ThrowIfCancellationRequested();

        // SQLite answers on the calling thread: a wrapped task would only hide that, and these reads take microseconds.
        SqliteConnection? reader = null;
        try
        {
            reader = _idleReaders.TryTake(out SqliteConnection? idle) ? idle : OpenReader();
            IReadOnlyList<T> rows = reader.Query<T>(sql, parameters).AsList();
            Keep(reader);
            return Task.FromResult(rows);
        }
        catch (SqliteException e)
        {
            reader?.Dispose();
            return Task.FromException<IReadOnlyList<T>>(SqliteFailure.Of(Name, e));
        }
        catch
        {
            reader?.Dispose();
            throw;
        }
    }

    private protected override void CloseReaders()
    {
        while (_idleReaders.TryTake(out SqliteConnection? reader))
        {
            reader.Dispose();
        }
    }

    private void Keep(SqliteConnection reader)
    {
        _idleReaders.Add(reader);
        if (IsDisposed && _idleReaders.TryTake(out SqliteConnection? late))
        {
            late.Dispose();
        }
    }

    private SqliteConnection OpenReader()
    {
        var connection = new SqliteConnection(_connectionString);
        try
        {
            connection.Open();
            connection.Execute(string.Create(CultureInfo.InvariantCulture, $"PRAGMA busy_timeout = {(long)_busyTimeout.TotalMilliseconds}; PRAGMA query_only = 1;"));
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private static void CheckIntact(SqliteConnection connection, string path)
    {
        string verdict = connection.ExecuteScalar<string>("PRAGMA quick_check(1)") ?? "";
        if (verdict != "ok")
        {
            throw new DatabaseRefusedException(path, DatabaseRefusal.Corrupt, $"it is damaged ({verdict.ReplaceLineEndings(" ")}). Restore it from a backup, or move it away to start empty.");
        }
    }
}
