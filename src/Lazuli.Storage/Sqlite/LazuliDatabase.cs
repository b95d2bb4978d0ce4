using System.Collections.Concurrent;
using System.Globalization;
using Dapper;
using Microsoft.Data.Sqlite;

namespace Lazuli.Storage;

/// <summary>The embedded database: one writer, any number of readers. Thread-safe.</summary>
/// <remarks>
/// Write-ahead log, foreign keys on, <c>synchronous = FULL</c>: what a write was acknowledged for is on the disk, and a process
/// killed at any instant leaves a file that the next start recovers. Readers see the last committed state and never wait for the writer.
/// </remarks>
public sealed class LazuliDatabase : IDisposable
{
    private const int Corrupt = 11;
    private const int NotADatabase = 26;

    private readonly string _connectionString;
    private readonly TimeSpan _busyTimeout;
    private readonly DatabaseWriter _writer;
    private readonly ConcurrentBag<SqliteConnection> _idleReaders = [];
    private volatile bool _disposed;

    private LazuliDatabase(string path, string connectionString, TimeSpan busyTimeout, DatabaseWriter writer)
    {
        Path = path;
        _connectionString = connectionString;
        _busyTimeout = busyTimeout;
        _writer = writer;
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Whether writing stopped for good because a sync failed; only a restart helps.</summary>
    public bool NeedsRestart => _writer.StateUnknown;

    /// <summary>Opens the file, making it and its folder when missing, checks it, and brings its schema up to date.</summary>
    /// <param name="path">The file.</param>
    /// <param name="busyTimeout">How long to wait for another process's lock.</param>
    /// <param name="time">Dates the schema steps.</param>
    /// <exception cref="DatabaseRefusedException">The file is damaged, another program's, of a newer version, or cannot be used.</exception>
    public static LazuliDatabase Open(string path, TimeSpan busyTimeout, TimeProvider time) => Open(path, busyTimeout, time, Migration.BuiltIn);

    internal static LazuliDatabase Open(string path, TimeSpan busyTimeout, TimeProvider time, IReadOnlyList<Migration> steps)
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
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path))!);
            connection = new SqliteConnection(connectionString);
            connection.Open();
            connection.Execute(string.Create(CultureInfo.InvariantCulture, $"PRAGMA busy_timeout = {(long)busyTimeout.TotalMilliseconds}"));
            CheckIntact(connection, path);
            Migrator.CheckOwner(connection, path);
            connection.Execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;");
            Migrator.Migrate(connection, path, steps, time);
            return new LazuliDatabase(path, connectionString, busyTimeout, new DatabaseWriter(path, connection));
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

    /// <summary>Runs <paramref name="work"/> as one transaction on the writer's thread; when the task ends well, the change is on the disk.</summary>
    /// <remarks>Keep it short: everybody's writes wait for it. An exception thrown by it rolls the change back and reaches the caller.</remarks>
    /// <exception cref="StorageFailedException">The disk is full or failed; nothing of the change was kept.</exception>
    public Task<T> WriteAsync<T>(Func<DatabaseTransaction, T> work, CancellationToken cancellationToken) => _writer.WriteAsync(work, cancellationToken);

    /// <summary>Reads rows from the last committed state.</summary>
    /// <exception cref="StorageFailedException">The disk failed or the file is damaged.</exception>
    public Task<IReadOnlyList<T>> QueryAsync<T>(string sql, object? parameters, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
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
            return Task.FromException<IReadOnlyList<T>>(new StorageFailedException(Path, e));
        }
        catch
        {
            reader?.Dispose();
            throw;
        }
    }

    /// <summary>Finishes the queued writes and closes the file.</summary>
    public void Dispose()
    {
        _disposed = true;
        while (_idleReaders.TryTake(out SqliteConnection? reader))
        {
            reader.Dispose();
        }

        // Last, so that closing it folds the write-ahead log into the file.
        _writer.Dispose();
    }

    private void Keep(SqliteConnection reader)
    {
        _idleReaders.Add(reader);
        if (_disposed && _idleReaders.TryTake(out SqliteConnection? late))
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
