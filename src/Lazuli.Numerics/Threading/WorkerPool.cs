using System.Runtime.ExceptionServices;

namespace Lazuli.Numerics;

/// <summary>Threads that live as long as the backend and take tiles of one job at a time from a counter; they spin briefly, then park.</summary>
/// <remarks>
/// The caller works too. A worker that wakes too late misses the job and nobody waits for it: it enters through a gate that the
/// caller shuts when the tiles run out, and the caller then waits only for workers inside. One job at a time; jobs do not nest.
/// </remarks>
internal sealed unsafe class WorkerPool : IDisposable
{
    private const int GateShut = int.MinValue;
    private const int SpinRounds = 2000;

    private readonly Thread[] _threads;
    private readonly Worker[] _workers;
    private delegate*<void*, int, int, void> _invoke;
    private void* _job;
    private int _tiles;
    private PaddedCounter _next;
    private PaddedCounter _gate;
    private PaddedCounter _generation;
    private ExceptionDispatchInfo? _failure;
    private volatile bool _stopping;

    /// <summary>A pool of <paramref name="threads"/> threads, the caller's among them.</summary>
    public WorkerPool(int threads)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        _gate.Value = GateShut;
        _threads = new Thread[threads - 1];
        _workers = new Worker[threads - 1];
        for (int i = 0; i < _threads.Length; i++)
        {
            var worker = new Worker(i + 1);
            _workers[i] = worker;
            _threads[i] = new Thread(() => Loop(worker)) { IsBackground = true, Name = $"lazuli-kernel-{i + 1}" };
            _threads[i].Start();
        }
    }

    /// <summary>Threads that share a job, the caller's included.</summary>
    public int ThreadCount => _threads.Length + 1;

    /// <summary>Runs tiles 0..<paramref name="tiles"/>−1 and returns when all are done. What one tile throws is thrown here.</summary>
    public void Run<TJob>(ref TJob job, int tiles)
        where TJob : unmanaged, ITileJob
    {
        if (tiles <= 0)
        {
            return;
        }

        fixed (TJob* pinned = &job)
        {
            if (tiles == 1 || _threads.Length == 0)
            {
                for (int tile = 0; tile < tiles; tile++)
                {
                    pinned->Execute(tile, 0);
                }

                return;
            }

            Publish(pinned, &Invoke<TJob>, tiles);
            TakeTiles(0);
            Finish();
        }
    }

    /// <summary>Ends the threads; a second call does nothing.</summary>
    public void Dispose()
    {
        if (_stopping)
        {
            return;
        }

        _stopping = true;
        foreach (Worker worker in _workers)
        {
            worker.Wake.Set();
        }

        foreach (Thread thread in _threads)
        {
            thread.Join();
        }

        foreach (Worker worker in _workers)
        {
            worker.Dispose();
        }
    }

    private static void Invoke<TJob>(void* job, int tile, int worker)
        where TJob : unmanaged, ITileJob => ((TJob*)job)->Execute(tile, worker);

    private void Publish(void* job, delegate*<void*, int, int, void> invoke, int tiles)
    {
        _job = job;
        _invoke = invoke;
        _tiles = tiles;
        _failure = null;
        Volatile.Write(ref _next.Value, 0);
        Volatile.Write(ref _gate.Value, 0); // open
        Interlocked.Increment(ref _generation.Value);
        foreach (Worker worker in _workers)
        {
            if (Volatile.Read(ref worker.Parked) != 0 && Interlocked.Exchange(ref worker.Parked, 0) != 0)
            {
                worker.Wake.Set();
            }
        }
    }

    private void TakeTiles(int worker)
    {
        try
        {
            int tile;
            while ((tile = Interlocked.Increment(ref _next.Value) - 1) < _tiles)
            {
                _invoke(_job, tile, worker);
            }
        }
        catch (Exception e) // a kernel's failure must reach the caller, not end a worker thread
        {
            Interlocked.CompareExchange(ref _failure, ExceptionDispatchInfo.Capture(e), null);
            Volatile.Write(ref _next.Value, int.MaxValue / 2);
        }
    }

    private void Finish()
    {
        Interlocked.Or(ref _gate.Value, GateShut);
        var spin = default(SpinWait);
        while (Volatile.Read(ref _gate.Value) != GateShut)
        {
            spin.SpinOnce(sleep1Threshold: -1);
        }

        _failure?.Throw();
    }

    private void Loop(Worker worker)
    {
        int seen = 0;
        while (!_stopping)
        {
            int generation = Volatile.Read(ref _generation.Value);
            if (generation == seen)
            {
                Wait(worker, seen);
                continue;
            }

            seen = generation;
            if (TryEnter())
            {
                TakeTiles(worker.Index);
                Interlocked.Decrement(ref _gate.Value);
            }
        }
    }

    private bool TryEnter()
    {
        while (true)
        {
            int gate = Volatile.Read(ref _gate.Value);
            if (gate < 0)
            {
                return false;
            }

            if (Interlocked.CompareExchange(ref _gate.Value, gate + 1, gate) == gate)
            {
                return true;
            }
        }
    }

    private void Wait(Worker worker, int seen)
    {
        for (int i = 0; i < SpinRounds; i++)
        {
            if (Volatile.Read(ref _generation.Value) != seen || _stopping)
            {
                return;
            }

            Thread.SpinWait(8);
        }

        Interlocked.Exchange(ref worker.Parked, 1);
        if (Volatile.Read(ref _generation.Value) != seen || _stopping)
        {
            Interlocked.Exchange(ref worker.Parked, 0); // a wake that came in between only makes the next wait return at once
            return;
        }

        worker.Wake.WaitOne();
    }

    private sealed class Worker(int index) : IDisposable
    {
        public readonly int Index = index;
        public readonly AutoResetEvent Wake = new(false);
        public int Parked;

        public void Dispose() => Wake.Dispose();
    }

    /// <summary>A counter alone on its cache lines, so that takers of tiles do not slow readers of anything else.</summary>
    [System.Runtime.InteropServices.StructLayout(System.Runtime.InteropServices.LayoutKind.Explicit, Size = 256)]
    private struct PaddedCounter
    {
        [System.Runtime.InteropServices.FieldOffset(128)]
        public int Value;
    }
}
