using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Lazuli.Gateway;

/// <summary>Counts running requests and ends them in order when the server is told to stop.</summary>
/// <remarks>
/// (1) From the first sign of stopping, readiness says no and new requests are refused; the listener stays open, so that both are heard.
/// (2) Running requests go on until <see cref="GatewayOptions.DrainTimeout"/>. (3) Then <see cref="Deadline"/> cancels them, and their
/// clients get an error instead of a cut line. (4) Only then does the server close.
/// </remarks>
internal sealed partial class Drain(IOptions<GatewayOptions> options, TimeProvider time, ILogger<Drain> logger) : IHostedLifecycleService, IDisposable
{
    /// <summary>Long enough to write an error frame, short enough not to matter.</summary>
    private static readonly TimeSpan s_lastWords = TimeSpan.FromSeconds(2);

    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _deadline = new();
    private readonly TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _running;
    private bool _draining;

    /// <summary>Whether the server was told to stop.</summary>
    public bool IsDraining
    {
        get
        {
            lock (_gate)
            {
                return _draining;
            }
        }
    }

    /// <summary>Cancelled when running requests had their time.</summary>
    public CancellationToken Deadline => _deadline.Token;

    /// <summary>Counts a request in until the result is disposed.</summary>
    /// <exception cref="RequestRefusedException">The server drains.</exception>
    public IDisposable Enter()
    {
        lock (_gate)
        {
            if (_draining)
            {
                throw new RequestRefusedException(OpenAiError.ShuttingDown);
            }

            _running++;
            return new Admission(this);
        }
    }

    /// <inheritdoc/>
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        int running;
        lock (_gate)
        {
            _draining = true;
            running = _running;
            if (running == 0)
            {
                _idle.TrySetResult();
            }
        }

        Log.Draining(logger, running);
        if (await BecomesIdleAsync(options.Value.DrainTimeout, cancellationToken).ConfigureAwait(false))
        {
            return;
        }

        Log.DrainTimedOut(logger, options.Value.DrainTimeout);
        await _deadline.CancelAsync().ConfigureAwait(false);
        await BecomesIdleAsync(s_lastWords, cancellationToken).ConfigureAwait(false);
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _deadline.Dispose();

    private async Task<bool> BecomesIdleAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        try
        {
            await _idle.Task.WaitAsync(limit, time, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            return false;
        }
    }

    private void Leave()
    {
        lock (_gate)
        {
            if (--_running == 0 && _draining)
            {
                _idle.TrySetResult();
            }
        }
    }

    private sealed class Admission(Drain drain) : IDisposable
    {
        private Drain? _drain = drain;

        public void Dispose() => Interlocked.Exchange(ref _drain, null)?.Leave();
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 4001, Level = LogLevel.Information, Message = "Draining: {Running} requests are running")]
        public static partial void Draining(ILogger logger, int running);

        [LoggerMessage(EventId = 4002, Level = LogLevel.Warning, Message = "Requests still ran after {Limit}; ending them")]
        public static partial void DrainTimedOut(ILogger logger, TimeSpan limit);
    }
}
