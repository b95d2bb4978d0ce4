using Lazuli.Contracts;
using Microsoft.Extensions.Logging;

namespace Lazuli.Gateway;

/// <summary>One call that was let in: hears what it takes, keeps its hold ahead of it, ends it when it may not go on, and settles it exactly once, when disposed.</summary>
internal sealed partial class AdmittedCall : IAsyncDisposable
{
    /// <summary>The age of a durable mark, and how soon a change of licences ends a stream: it must be well under 5 s.</summary>
    private static readonly TimeSpan s_beat = TimeSpan.FromSeconds(1);

    /// <summary>An engine frees a slot within one step; a step of a large model takes less than this.</summary>
    private static readonly TimeSpan s_engineEnd = TimeSpan.FromSeconds(10);

    private readonly IAdmittedRequest _request;
    private readonly IEntitlements _entitlements;
    private readonly EntitlementQuestion _question;
    private readonly long _promptTokens;
    private readonly long _maxNewTokens;
    private readonly double _devices;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _over = new();
    private readonly Task _watching;
    private CallEnd? _end;
    private TokenUsage? _usage;
    private long _allowance;
    private bool _failed;
    private bool _settled;

    public AdmittedCall(IAdmittedRequest request, IEntitlements entitlements, EntitlementQuestion question, long epoch, long promptTokens, long maxNewTokens, double devices, TimeProvider time, ILogger logger)
    {
        _request = request;
        _entitlements = entitlements;
        _question = question;
        _promptTokens = promptTokens;
        _maxNewTokens = maxNewTokens;
        _devices = devices;
        _time = time;
        _logger = logger;
        _allowance = request.TokenAllowance;
        _watching = Task.WhenAll(WatchTokensAsync(), WatchLicencesAsync(epoch));
    }

    /// <summary>To be given to the engine.</summary>
    public RequestTally Tally { get; } = new();

    /// <summary>Cancelled when the call may not go on; <see cref="End"/> says why.</summary>
    public CancellationToken Stop => _stop.Token;

    /// <summary>Why we ended it; null while it may go on.</summary>
    public CallEnd? End => Volatile.Read(ref _end);

    /// <summary>What is charged of tokens generated so far, when a limit ended the call.</summary>
    public TokenUsage UsageAtLimit()
    {
        (long fed, long generated, _, _) = Tally.Read();
        return new TokenUsage((int)_promptTokens, (int)Math.Min(generated, Volatile.Read(ref _allowance)), (int)Math.Max(0, _promptTokens - fed));
    }

    /// <summary>The engine's own exact counts.</summary>
    public void Completed(TokenUsage usage) => _usage = usage;

    /// <summary>The engine refused it, or failed.</summary>
    public void EngineFailed() => _failed = true;

    /// <summary>Charges what was used. To be awaited before the client sees the end, so that what it saw is never charged otherwise, whatever happens to this process.</summary>
    public async Task SettleAsync()
    {
        if (_settled)
        {
            return;
        }

        await Tally.CloseAsync(s_engineEnd, _time).ConfigureAwait(false);
        await _over.CancelAsync().ConfigureAwait(false);
        await _watching.ConfigureAwait(false);
        await _request.SettleAsync(Usage(), CancellationToken.None).ConfigureAwait(false);
        _settled = true;
    }

    /// <summary>Settles what was not settled yet.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await SettleAsync().ConfigureAwait(false);
        }
#pragma warning disable CA1031 // the answer is out: what is not settled now is settled from its last mark at the next start, and said here
        catch (Exception e)
#pragma warning restore CA1031
        {
            Log.NotSettled(_logger, e, _request.RequestId);
        }

        _over.Dispose();
        _stop.Dispose();
        Tally.Dispose();
    }

    private UsageFacts Usage()
    {
        (long fed, long generated, double flop, double seconds) = Tally.Read();
        RequestOutcome outcome = _end switch
        {
            CallEnd.LimitReached => RequestOutcome.LimitReached,
            CallEnd.Revoked => RequestOutcome.Revoked,
            _ => _usage is not null ? RequestOutcome.Completed : _failed || _end is CallEnd.MeterLost ? RequestOutcome.Failed : RequestOutcome.Cancelled,
        };
        ChargedTokens tokens = _usage is { } exact
            ? new ChargedTokens(exact.PromptTokens, Math.Min(exact.CachedTokens, exact.PromptTokens), exact.CompletionTokens)
            : generated > 0
                ? new ChargedTokens(_promptTokens, Math.Max(0, _promptTokens - fed), generated) // what was not fed came from the cache
                : new ChargedTokens(Math.Min(fed, _promptTokens), 0, 0); // it ended while its prompt was fed
        tokens = tokens with { Completion = Math.Min(tokens.Completion, Volatile.Read(ref _allowance)) };
        return new UsageFacts(tokens, seconds * _devices, flop, outcome);
    }

    private async Task WatchTokensAsync()
    {
        try
        {
            while (true)
            {
                await Tally.ProgressAsync(s_beat, _over.Token).ConfigureAwait(false);
                long generated = Tally.GeneratedTokens;
                if (generated == 0)
                {
                    continue;
                }

                long allowance = await _request.ReportAsync(generated, _over.Token).ConfigureAwait(false);
                Volatile.Write(ref _allowance, Math.Max(Volatile.Read(ref _allowance), allowance));
                if (_allowance < _maxNewTokens && Tally.GeneratedTokens >= _allowance) // the engine itself ends at the latter
                {
                    await EndAsync(new CallEnd.LimitReached()).ConfigureAwait(false);
                    return;
                }
            }
        }
        catch (OperationCanceledException) when (_over.IsCancellationRequested)
        {
            // The call is over.
        }
#pragma warning disable CA1031 // money fails closed, whatever went wrong with it
        catch (Exception e)
#pragma warning restore CA1031
        {
            Log.MeterLost(_logger, e, _request.RequestId);
            await EndAsync(new CallEnd.MeterLost(OpenAiError.AdmissionUnavailable)).ConfigureAwait(false);
        }
    }

    private async Task WatchLicencesAsync(long epoch)
    {
        try
        {
            while (true)
            {
                await _entitlements.WaitForChangeAsync(epoch, _over.Token).ConfigureAwait(false);
                EntitlementDecision decision = _entitlements.Decide(_question);
                epoch = decision.Epoch;
                if (decision is EntitlementDecision.Refused refused)
                {
                    OpenAiError error = OpenAiError.NotEntitled(refused);
                    await EndAsync(refused.Code == EntitlementRefusal.Unavailable ? new CallEnd.MeterLost(error) : new CallEnd.Revoked(error)).ConfigureAwait(false);
                    return;
                }
            }
        }
        catch (OperationCanceledException) when (_over.IsCancellationRequested)
        {
            // The call is over.
        }
#pragma warning disable CA1031 // licences fail closed, whatever went wrong with them
        catch (Exception e)
#pragma warning restore CA1031
        {
            Log.MeterLost(_logger, e, _request.RequestId);
            await EndAsync(new CallEnd.MeterLost(OpenAiError.AdmissionUnavailable)).ConfigureAwait(false);
        }
    }

    private async Task EndAsync(CallEnd why)
    {
        if (Interlocked.CompareExchange(ref _end, why, null) is null)
        {
            await _stop.CancelAsync().ConfigureAwait(false);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 4030, Level = LogLevel.Error, Message = "Request {RequestId} could not be settled; it is settled from its last mark at the next start")]
        public static partial void NotSettled(ILogger logger, Exception exception, Guid requestId);

        [LoggerMessage(EventId = 4031, Level = LogLevel.Error, Message = "Request {RequestId} was ended: licences or money cannot be asked")]
        public static partial void MeterLost(ILogger logger, Exception exception, Guid requestId);
    }
}
