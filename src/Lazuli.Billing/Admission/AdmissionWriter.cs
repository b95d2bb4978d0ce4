using System.Collections.Concurrent;
using Lazuli.Storage;

namespace Lazuli.Billing;

/// <summary>Gathers what callers want into batches, each one transaction: all of a batch is decided in memory, written with few statements, committed once, and only then answered.</summary>
/// <remarks>One batch is under way at a time; what comes meanwhile makes the next one. So the more there is to do, the less a request's share of the commit.</remarks>
internal sealed class AdmissionWriter(MoneyDatabase money, AdmissionOptions options, TimeProvider time)
{
    private const int MostOperations = 1_024;
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(20); // other processes may free what is waited for

    private readonly ConcurrentQueue<Operation> _queue = new();
    private readonly List<Operation> _batch = new(MostOperations);
    private readonly List<Operation> _done = new(MostOperations);
    private readonly List<Guid> _newIds = [];
    private readonly HashSet<AccountState> _blocked = [];
    private readonly AdmissionMemory _memory = new(options);
    private readonly BillingClock _clock = new(time);
    private List<Operation> _waiting = [];
    private int _isPumping;
    private int _isLookSet;

    /// <summary>Puts an operation into the next batch.</summary>
    public void Enqueue(Operation operation)
    {
        _queue.Enqueue(operation);
        Pump();
    }

    private void Pump()
    {
        if (Interlocked.CompareExchange(ref _isPumping, 1, 0) == 0)
        {
            _ = Task.Run(PumpAsync);
        }
    }

    private async Task PumpAsync()
    {
        do
        {
            bool isLook = Interlocked.Exchange(ref _isLookSet, 0) == 2;
            if (_queue.IsEmpty && !(isLook && _waiting.Count > 0))
            {
                Volatile.Write(ref _isPumping, 0);
                continue;
            }

            try
            {
                await money.WriteAsync(Run, CancellationToken.None).ConfigureAwait(false);
                _done.ForEach(operation => operation.Complete());
            }
#pragma warning disable CA1031 // each caller gets it, whatever it is; the next batch starts from the database
            catch (Exception e)
#pragma warning restore CA1031
            {
                _memory.Forget();
                Gather(); // what came too late for a batch that never ran
                foreach (Operation operation in _batch)
                {
                    operation.Fail(e);
                }

                _waiting.RemoveAll(_batch.Contains);
            }

            _batch.Clear();
            _done.Clear();
            LookLater();
        }
        while (Volatile.Read(ref _isPumping) == 1 || (!_queue.IsEmpty && Interlocked.CompareExchange(ref _isPumping, 1, 0) == 0));
    }

    private void Gather()
    {
        while (_batch.Count < MostOperations && _queue.TryDequeue(out Operation? operation))
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
                operation.Apply(_memory, _blocked, isLastTime: false);
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
                Apply(operation, waiting, isLastTime: options.WaitForRelease == TimeSpan.Zero);
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

        operation.DeadlineTicks = operation.DeadlineTicks == 0 ? _memory.Now.LimitTicks + options.WaitForRelease.Ticks : operation.DeadlineTicks;
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

    private void LookLater()
    {
        if (_waiting.Count > 0 && Interlocked.CompareExchange(ref _isLookSet, 1, 0) == 0)
        {
            _ = LookAsync();
        }
    }

    private async Task LookAsync()
    {
        await Task.Delay(s_look, time).ConfigureAwait(false);
        Volatile.Write(ref _isLookSet, 2);
        Pump();
    }
}
