namespace Lazuli.Storage;

/// <summary>A database: one writer, any number of readers. Thread-safe.</summary>
/// <remarks>
/// Work is written one piece after another, whichever database is behind it and however many processes use it, so a piece that reads
/// and then writes is never overtaken. Pieces that wait at the same time share one commit. What a write was acknowledged for is on the
/// disk. Readers see the last committed state and never wait for the writer.
/// </remarks>
public abstract class LazuliDatabase : IDisposable
{
    private readonly DatabaseWriter _writer;
    private volatile bool _disposed;

    private protected LazuliDatabase(string name, DatabaseKind kind, WriteSession session)
    {
        Name = name;
        Kind = kind;
        _writer = new DatabaseWriter(name, session);
    }

    /// <summary>For messages: the file, or the server and schema.</summary>
    public string Name { get; }

    /// <summary>Which database it is.</summary>
    public DatabaseKind Kind { get; }

    /// <summary>Whether writing stopped for good because a sync failed; only a restart helps.</summary>
    public bool NeedsRestart => _writer.StateUnknown;

    private protected bool IsDisposed => _disposed;

    /// <summary>Opens the platform's SQLite file, making it and its folder when missing, checks it, and brings its schema up to date.</summary>
    /// <param name="path">The file.</param>
    /// <param name="busyTimeout">How long to wait for another process's lock.</param>
    /// <param name="time">Dates the schema steps.</param>
    /// <exception cref="DatabaseRefusedException">The file is damaged, another program's, of a newer version, or cannot be used.</exception>
    public static LazuliDatabase Open(string path, TimeSpan busyTimeout, TimeProvider time) => SqliteDatabase.Open(path, busyTimeout, time, MigrationSet.Platform);

    /// <summary>Runs <paramref name="work"/> as one transaction on the writer's thread; when the task ends well, the change is on the disk.</summary>
    /// <remarks>
    /// Keep it short: everybody's writes wait for it. An exception thrown by it rolls the change back, and only that, and reaches the caller.
    /// It runs at most once.
    /// </remarks>
    /// <exception cref="StorageFailedException">The world failed; nothing of the change was kept, unless <see cref="StorageFailedException.IsOutcomeUnknown"/>.</exception>
    public Task<T> WriteAsync<T>(Func<DatabaseTransaction, T> work, CancellationToken cancellationToken) => _writer.WriteAsync(work, cancellationToken);

    /// <summary>Reads rows from the last committed state.</summary>
    /// <exception cref="StorageFailedException">The disk or the server failed, or the file is damaged.</exception>
    public abstract Task<IReadOnlyList<T>> QueryAsync<T>(string sql, object? parameters, CancellationToken cancellationToken);

    /// <summary>Finishes the queued writes and closes the database.</summary>
    public void Dispose()
    {
        _disposed = true;
        CloseReaders();

        // Last, so that closing a file folds its write-ahead log into it.
        _writer.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected abstract void CloseReaders();
}
