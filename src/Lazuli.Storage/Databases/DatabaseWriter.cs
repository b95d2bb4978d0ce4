using System.Threading.Channels;

namespace Lazuli.Storage;

/// <summary>The one thread that writes, with the one connection that may.</summary>
/// <remarks>
/// What waits at the same moment is committed together: each piece in a savepoint of its own, one commit, one sync, and only then do the
/// callers hear of it. A piece that fails is undone alone; a commit that fails fails them all. After a failed sync nobody knows what the
/// disk holds, so the writer then refuses all further work until the process starts again and the database is recovered.
/// </remarks>
internal sealed class DatabaseWriter : IDisposable
{
    /// <summary>Bounds how much one failed commit takes with it, and how long the first of a batch waits for the last.</summary>
    private const int MostPieces = 512;

    private readonly string _name;
    private readonly WriteSession _session;
    private readonly Channel<Piece> _queue = Channel.CreateUnbounded<Piece>(new UnboundedChannelOptions { SingleReader = true });
    private readonly List<Piece> _batch = new(MostPieces);
    private readonly Thread _thread;
    private volatile bool _stateUnknown;

    /// <param name="name">The database, for messages.</param>
    /// <param name="session">Owned from here on.</param>
    public DatabaseWriter(string name, WriteSession session)
    {
        _name = name;
        _session = session;
        _thread = new Thread(Run) { IsBackground = true, Name = "lazuli-db-writer" };
        _thread.Start();
    }

    /// <summary>Whether a sync failed, so that only a restart helps.</summary>
    public bool StateUnknown => _stateUnknown;

    /// <summary>Runs <paramref name="work"/> in a transaction or savepoint of its own; an exception undoes it.</summary>
    public Task<T> WriteAsync<T>(Func<DatabaseTransaction, T> work, CancellationToken cancellationToken)
    {
        var piece = new Piece<T>(work, cancellationToken);
        bool queued = _queue.Writer.TryWrite(piece);
        ObjectDisposedException.ThrowIf(!queued, this);
        return piece.Task;
    }

    public void Dispose()
    {
        if (_queue.Writer.TryComplete())
        {
            _thread.Join();
            _session.Dispose();
        }
    }

    private void Run()
    {
        while (_queue.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            Gather();
            if (_batch.Count > 0)
            {
                RunBatch();
            }
        }
    }

    private void Gather()
    {
        _batch.Clear();
        while (_batch.Count < MostPieces && _queue.Reader.TryRead(out Piece? piece))
        {
            if (piece.CancellationToken.IsCancellationRequested)
            {
                piece.Cancel();
            }
            else if (_stateUnknown)
            {
                piece.Fail(new StorageFailedException(_name, "an earlier write could not be synced to disk, so its state is unknown. Restart to recover it.") { NeedsRestart = true });
            }
            else
            {
                _batch.Add(piece);
            }
        }
    }

    private void RunBatch()
    {
        Exception? lost = null;
        bool committing = false;
        try
        {
            _session.Begin();
            lost = RunPieces();
            if (lost is null)
            {
                committing = true;
                _session.Commit();
            }
        }
#pragma warning disable CA1031 // the callers get it, whatever it is; this thread serves the next ones
        catch (Exception e)
#pragma warning restore CA1031
        {
            lost = _session.Translate(e, committing) ?? e;
        }

        if (lost is not null)
        {
            _session.Rollback();
            _stateUnknown |= lost is StorageFailedException { NeedsRestart: true };
            _batch.ForEach(piece => piece.Spoil(lost));
        }

        _batch.ForEach(piece => piece.Answer());
    }

    /// <summary>Runs the batch's pieces; answers why the whole transaction is lost, or null.</summary>
    private Exception? RunPieces()
    {
        if (_batch.Count == 1)
        {
            // The transaction is its own savepoint.
            Exception? failure = _batch[0].Run(_session, ownSavepoint: false);
            return failure is null ? null : _session.Translate(failure, committing: false) ?? failure;
        }

        foreach (Piece piece in _batch)
        {
            Exception? failure = piece.Run(_session, ownSavepoint: true);
            if (failure is not null)
            {
                StorageFailedException? failed = _session.Translate(failure, committing: false);
                piece.Spoil(failed ?? failure);

                // A full disk or a lost server may have undone everything, not only this piece.
                if (!_session.IsInTransaction || failed is { NeedsRestart: true })
                {
                    return UndoneWith(failure, failed);
                }

                _session.RollbackToSavepoint();
            }
        }

        return null;
    }

    private StorageFailedException UndoneWith(Exception failure, StorageFailedException? failed) =>
        new(_name, $"nothing was kept, because another write of the same commit failed so that all were undone: {failed?.Message ?? failure.Message}", failure)
        {
            Code = failed?.Code ?? "",
            IsTransient = failed is not { NeedsRestart: true },
            IsFull = failed?.IsFull ?? false,
            NeedsRestart = failed?.NeedsRestart ?? false,
        };

    private abstract class Piece(CancellationToken cancellationToken)
    {
        private Exception? _failure;

        public CancellationToken CancellationToken { get; } = cancellationToken;

        /// <summary>What the work, or the database after it, threw, if it did.</summary>
        public Exception? Run(WriteSession session, bool ownSavepoint)
        {
            var transaction = new DatabaseTransaction(session);
            try
            {
                if (ownSavepoint)
                {
                    session.Savepoint();
                }

                Work(transaction);
                session.ResetStatements();
                if (ownSavepoint)
                {
                    session.ReleaseSavepoint();
                }

                return null;
            }
#pragma warning disable CA1031 // the caller gets it, whatever it is
            catch (Exception e)
#pragma warning restore CA1031
            {
                session.ResetStatements();
                return e;
            }
            finally
            {
                transaction.End();
            }
        }

        /// <summary>Makes an exception the answer, unless one already is.</summary>
        public void Spoil(Exception failure) => _failure ??= failure;

        public void Answer()
        {
            if (_failure is { } failure)
            {
                Fail(failure);
            }
            else
            {
                Succeed();
            }
        }

        public abstract void Fail(Exception failure);

        public abstract void Cancel();

        protected abstract void Work(DatabaseTransaction transaction);

        protected abstract void Succeed();
    }

    private sealed class Piece<T>(Func<DatabaseTransaction, T> work, CancellationToken cancellationToken) : Piece(cancellationToken)
    {
        private readonly TaskCompletionSource<T> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private T _result = default!;

        public Task<T> Task => _done.Task;

        public override void Fail(Exception failure) => _done.SetException(failure);

        public override void Cancel() => _done.SetCanceled(CancellationToken);

        protected override void Work(DatabaseTransaction transaction) => _result = work(transaction);

        protected override void Succeed() => _done.SetResult(_result);
    }
}
