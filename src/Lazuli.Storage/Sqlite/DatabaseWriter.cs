using System.Threading.Channels;
using Microsoft.Data.Sqlite;

namespace Lazuli.Storage;

/// <summary>The one thread that writes, with the one connection that may.</summary>
/// <remarks>
/// Each piece of work is one transaction, committed and synced before its caller hears of it. After a failed sync nobody knows what
/// the disk holds, so the writer then refuses all further work until the process starts again and SQLite recovers the file.
/// </remarks>
internal sealed class DatabaseWriter : IDisposable
{
    private const int IoErrorFsync = 10 | (4 << 8);
    private const int IoErrorDirectoryFsync = 10 | (5 << 8);

    private readonly string _path;
    private readonly SqliteConnection _connection;
    private readonly Channel<Action> _queue = Channel.CreateUnbounded<Action>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Thread _thread;
    private volatile bool _stateUnknown;

    /// <param name="path">The file, for messages.</param>
    /// <param name="connection">Owned from here on.</param>
    public DatabaseWriter(string path, SqliteConnection connection)
    {
        _path = path;
        _connection = connection;
        _thread = new Thread(Run) { IsBackground = true, Name = "lazuli-db-writer" };
        _thread.Start();
    }

    /// <summary>Whether a sync failed, so that only a restart helps.</summary>
    public bool StateUnknown => _stateUnknown;

    /// <summary>Runs <paramref name="work"/> in a transaction of its own; an exception rolls it back.</summary>
    public Task<T> WriteAsync<T>(Func<DatabaseTransaction, T> work, CancellationToken cancellationToken)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        bool queued = _queue.Writer.TryWrite(() => RunOne(work, done, cancellationToken));
        ObjectDisposedException.ThrowIf(!queued, this);
        return done.Task;
    }

    public void Dispose()
    {
        if (_queue.Writer.TryComplete())
        {
            _thread.Join();
            _connection.Dispose();
        }
    }

    private void Run()
    {
        while (_queue.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            while (_queue.Reader.TryRead(out Action? work))
            {
                work();
            }
        }
    }

    private void RunOne<T>(Func<DatabaseTransaction, T> work, TaskCompletionSource<T> done, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            done.SetCanceled(cancellationToken);
            return;
        }

        if (_stateUnknown)
        {
            done.SetException(new StorageFailedException(_path, "an earlier write could not be synced to disk, so its state is unknown. Restart to recover it."));
            return;
        }

        try
        {
            using SqliteTransaction transaction = _connection.BeginTransaction(deferred: false);
            T result = work(new DatabaseTransaction(_connection, transaction));
            transaction.Commit();
            done.SetResult(result);
        }
        catch (SqliteException e)
        {
            _stateUnknown = e.SqliteExtendedErrorCode is IoErrorFsync or IoErrorDirectoryFsync;
            done.SetException(new StorageFailedException(_path, e));
        }
#pragma warning disable CA1031 // the caller gets it, whatever it is; this thread serves the next caller
        catch (Exception e)
#pragma warning restore CA1031
        {
            done.SetException(e);
        }
    }
}
