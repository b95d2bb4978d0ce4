using Lazuli.Contracts;

namespace Lazuli.Gateway;

/// <summary>Sums what engines tell of one request. Thread-safe; the engine's thread neither waits nor allocates here, but once in <see cref="Stride"/> tokens.</summary>
internal sealed class RequestTally : IRequestMeter, IDisposable
{
    /// <summary>Tokens after which the watcher is woken: a durable mark is at most this old.</summary>
    public const int Stride = 32;

    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _progress = new(0);
    private readonly TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _running;
    private bool _closing;
    private long _promptTokens;
    private long _generatedTokens;
    private long _woken;
    private double _flop;
    private double _seconds;

    /// <summary>Tokens generated so far.</summary>
    public long GeneratedTokens => Volatile.Read(ref _generatedTokens);

    /// <inheritdoc/>
    public void Begin()
    {
        lock (_gate)
        {
            _running++;
        }
    }

    /// <inheritdoc/>
    public void Record(in EngineWork work)
    {
        lock (_gate)
        {
            _promptTokens += work.PromptTokens;
            _generatedTokens += work.GeneratedTokens;
            _flop += work.Flop;
            _seconds += work.Seconds;
            _running -= work.Requests;
            if (_running == 0 && _closing)
            {
                _idle.TrySetResult();
            }

            if (_generatedTokens - _woken < Stride || _closing)
            {
                return;
            }

            _woken = _generatedTokens;
            _progress.Release();
        }
    }

    /// <summary>Waits until another <see cref="Stride"/> of tokens is generated, or that long.</summary>
    public Task ProgressAsync(TimeSpan atMost, CancellationToken cancellationToken) => _progress.WaitAsync(atMost, cancellationToken);

    /// <summary>Waits, at most that long, until no engine works for the request any more: the counts are final then.</summary>
    public async Task CloseAsync(TimeSpan atMost, TimeProvider time)
    {
        lock (_gate)
        {
            _closing = true;
            if (_running == 0)
            {
                _idle.TrySetResult();
            }
        }

        try
        {
            await _idle.Task.WaitAsync(atMost, time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // The engine hangs: what it told so far is what is known.
        }
    }

    /// <summary>Prompt tokens fed, tokens generated, FLOP and seconds, so far.</summary>
    public (long PromptTokens, long GeneratedTokens, double Flop, double Seconds) Read()
    {
        lock (_gate)
        {
            return (_promptTokens, _generatedTokens, _flop, _seconds);
        }
    }

    public void Dispose() => _progress.Dispose();
}
