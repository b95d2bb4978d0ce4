using System.Threading.Channels;
using Lazuli.Storage;

namespace Lazuli.Billing;

/// <summary>Gathers what callers want into batches, each one transaction: all of a batch is decided in memory, written with few statements, committed once, and only then answered.</summary>
/// <remarks>One batch is under way at a time; what comes meanwhile makes the next one. So the more there is to do, the less a request's share of the commit.</remarks>
internal sealed class AdmissionWriter : IAsyncDisposable
{
    private const int MostOperations = 1_024;
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(20); // other processes may free what is waited for

    private readonly MoneyDatabase _money;
    private readonly AdmissionOptions _options;
    private readonly TimeProvider _time;
    private readonly Channel<Operation> _queue = Channel.CreateUnbounded<Operation>(new UnboundedChannelOptions { SingleReader = true });
    private readonly List<Operation> _batch = new(MostOperations);
    private readonly List<Operation> _done = new(MostOperations);
    private readonly List<Guid> _newIds = [];
    private readonly HashSet<AccountState> _blocked = [];
    private readonly AdmissionMemory _memory;
    private readonly BillingClock _clock;
    private readonly Func<DatabaseTransaction, bool> _run;
    private readonly Task _writing;
    private List<Operation> _waiting = [];

    /// <param name="money">Where.</param>
    /// <param name="options">How.</param>
    /// <param name="isLive">Whether somebody in this process has the request; others' holds of this process are settled.</param>
    /// <param name="time">Clock.</param>
    public AdmissionWriter(MoneyDatabase money, AdmissionOptions options, Func<Guid, bool> isLive, TimeProvider time)
    {
        _money = money;
        _options = options;
        _time = time;
        _memory = new AdmissionMemory(options, isLive);
        _clock = new BillingClock(time);
        _run = Run;
        _writing = Task.Run(WriteAsync);
    }

    /// <summary>Puts an operation into the next batch.</summary>
    /// <exception cref="ObjectDisposedException">The writer was closed.</exception>
    public void Enqueue(Operation operation) => ObjectDisposedException.ThrowIf(!_queue.Writer.TryWrite(operation), this);

    /// <summary>Writes what is queued and ends.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _writing.ConfigureAwait(false);
    }

    private async Task WriteAsync()
    {
        Task<bool>? more = null;
        while (true)
        {
            more ??= _queue.Reader.WaitToReadAsync().AsTask();
            if (_waiting.Count > 0)
            {
                await Task.WhenAny(more, Task.Delay(s_look, _time)).ConfigureAwait(false);
            }
            else if (!await more.ConfigureAwait(false))
            {
                return;
            }

            bool isClosed = more.IsCompleted && !await more.ConfigureAwait(false);
            if (more.IsCompleted)
            {
                more = null;
            }

            await WriteBatchAsync().ConfigureAwait(false);
            if (isClosed && _waiting.Count > 0)
            {
                var closed = new ObjectDisposedException(nameof(AdmissionWriter));
                _waiting.ForEach(operation => operation.Fail(closed));
                return;
            }
        }
    }

    private async Task WriteBatchAsync()
    {
        try
        {
            await _money.WriteAsync(_run, CancellationToken.None).ConfigureAwait(false);
            _done.ForEach(operation => operation.Complete());
        }
#pragma warning disable CA1031 // each caller gets it, whatever it is; the next batch starts from the database
        catch (Exception e)
#pragma warning restore CA1031
        {
            Gather(); // where not even the transaction began
            _memory.Forget();
            HashSet<Operation> lost = [.. _batch, .. _done];
            foreach (Operation operation in lost)
            {
                operation.Fail(e);
            }

            _waiting.RemoveAll(lost.Contains);
        }

        _batch.Clear();
        _done.Clear();
    }

    private void Gather()
    {
        while (_batch.Count < MostOperations && _queue.Reader.TryRead(out Operation? operation))
        {
            _batch.Add(operation);
        }
    }

    /// <summary>One batch, on the database's writing thread.</summary>
    private bool Run(DatabaseTransaction transaction)
    {
        Gather();
        _memory.Begin(transaction, _clock);
        FindUsedIds(transaction);
        _blocked.Clear();
        var waiting = new List<Operation>();
        foreach (Operation operation in _batch)
        {
            if (operation.IsRelease)
            {
                operation.Apply(_memory, _blocked, isLastTime: true);
                _done.Add(operation);
            }
        }

        foreach (Operation operation in _waiting)
        {
            Apply(operation, waiting, isLastTime: _memory.Now.LimitTicks >= operation.DeadlineTicks);
        }

        foreach (Operation operation in _batch)
        {
            if (!operation.IsRelease)
            {
                Apply(operation, waiting, isLastTime: _options.WaitForRelease == TimeSpan.Zero);
            }
        }

        _memory.Write();
        _waiting = waiting;
        return true;
    }

    private void Apply(Operation operation, List<Operation> waiting, bool isLastTime)
    {
        if (operation.Apply(_memory, _blocked, isLastTime))
        {
            _done.Add(operation);
            return;
        }

        if (operation.DeadlineTicks == 0)
        {
            operation.DeadlineTicks = _memory.Now.LimitTicks + _options.WaitForRelease.Ticks;
        }

        _blocked.Add(operation.WaitsFor!);
        waiting.Add(operation);
    }

    private void FindUsedIds(DatabaseTransaction transaction)
    {
        _newIds.Clear();
        foreach (Operation operation in _batch)
        {
            if (operation is AdmitOperation admit && !_memory.Holds.ContainsKey(admit.RequestId))
            {
                _newIds.Add(admit.RequestId);
            }
        }

        AdmissionRows.FindUsed(transaction, _newIds, _memory.UsedIds);
    }
}
