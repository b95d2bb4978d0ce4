using Lazuli.Contracts;

namespace Lazuli.Compute;

/// <summary>Sums up what engines do for whom, and writes the sums to the store every few seconds and at the end. Thread-safe.</summary>
/// <remarks>
/// A process that is killed loses what was not yet written: at most <see cref="FlushInterval"/> and the second in which an engine tells of requests that still run.
/// When writing fails, the sums are kept and written with the next ones: serving goes on.
/// </remarks>
public sealed class ServingAccumulator : IAsyncDisposable
{
    /// <summary>How often the sums are written.</summary>
    public static readonly TimeSpan FlushInterval = TimeSpan.FromSeconds(5);

    private readonly IServingUseStore _store;
    private readonly ComputeParty _nobody;
    private readonly TimeProvider _time;
    private readonly Action<Exception> _onFailure;
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _writing = new(1);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _flushing;
    private Dictionary<SumKey, ServingUse> _sums = []; // guarded by _gate

    /// <summary>Begins to write on its own.</summary>
    /// <param name="store">Keeps the sums.</param>
    /// <param name="defaultProject">Project of requests that name none.</param>
    /// <param name="time">Tells the day, and when to write.</param>
    /// <param name="onFailure">Told of each write that failed.</param>
    public ServingAccumulator(IServingUseStore store, string defaultProject, TimeProvider time, Action<Exception> onFailure)
    {
        _store = store;
        _nobody = new ComputeParty(defaultProject, Key: "");
        _time = time;
        _onFailure = onFailure;
        _flushing = FlushRepeatedlyAsync();
    }

    /// <summary>The meter of an engine that runs <paramref name="model"/> on so many devices: a part of one when it has some of a machine's threads.</summary>
    public IEngineMeter MeterOf(string model, double devices) => new Meter(this, model, devices);

    /// <summary>Writes what there is.</summary>
    public async Task FlushAsync(CancellationToken cancellationToken = default)
    {
        await _writing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            Dictionary<SumKey, ServingUse> taken;
            lock (_gate)
            {
                (taken, _sums) = (_sums, []);
            }

            if (taken.Count > 0)
            {
                await WriteAsync(taken).ConfigureAwait(false);
            }
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>Writes the last sums. Dispose the engines first: they tell of their last work when they end.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _flushing.ConfigureAwait(false);
        await FlushAsync().ConfigureAwait(false);
        _stop.Dispose();
        _writing.Dispose();
    }

    private async Task FlushRepeatedlyAsync()
    {
        using var timer = new PeriodicTimer(FlushInterval, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token).ConfigureAwait(false))
            {
                await FlushAsync(_stop.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The end: what is left is written by the disposer.
        }
    }

    private async Task WriteAsync(Dictionary<SumKey, ServingUse> sums)
    {
        try
        {
            // Never cancelled: a write that was cut off could have been kept or not, and its sums would count twice or never.
            await _store.AddAsync([.. sums.Values], CancellationToken.None).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // whatever the store throws: accounts must not end serving, and the sums are tried again
        catch (Exception failure)
#pragma warning restore CA1031
        {
            lock (_gate)
            {
                foreach ((SumKey key, ServingUse sum) in sums)
                {
                    _sums[key] = _sums.TryGetValue(key, out ServingUse? later) ? Sum(sum, later) : sum;
                }
            }

            _onFailure(failure);
        }
    }

    private void Add(string model, double devices, in EngineWork work)
    {
        ComputeParty party = work.Party ?? _nobody;
        var use = new ServingUse
        {
            Day = DateOnly.FromDateTime(_time.GetUtcNow().UtcDateTime),
            Project = party.Project,
            Key = party.Key,
            Model = model,
            Requests = work.Requests,
            PromptTokens = work.PromptTokens,
            GeneratedTokens = work.GeneratedTokens,
            Flop = work.Flop,
            DeviceSeconds = work.Seconds * devices,
        };
        var key = new SumKey(use.Day, use.Project, use.Key, use.Model);
        lock (_gate)
        {
            _sums[key] = _sums.TryGetValue(key, out ServingUse? before) ? Sum(before, use) : use;
        }
    }

    private static ServingUse Sum(ServingUse a, ServingUse b) => a with
    {
        Requests = a.Requests + b.Requests,
        PromptTokens = a.PromptTokens + b.PromptTokens,
        GeneratedTokens = a.GeneratedTokens + b.GeneratedTokens,
        Flop = a.Flop + b.Flop,
        DeviceSeconds = a.DeviceSeconds + b.DeviceSeconds,
    };

    private readonly record struct SumKey(DateOnly Day, string Project, string Key, string Model);

    private sealed class Meter(ServingAccumulator accumulator, string model, double devices) : IEngineMeter
    {
        public void Record(in EngineWork work) => accumulator.Add(model, devices, work);
    }
}
