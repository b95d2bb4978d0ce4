using Lazuli.Contracts;

namespace Lazuli.Billing;

/// <summary>A request that was let in.</summary>
internal sealed class AdmittedRequest : IAdmittedRequest
{
    private readonly Admission _admission;
    private readonly AdmissionOptions _options;
    private readonly TimeProvider _time;
    private readonly long _promptTokens;
    private readonly long _maxNewTokens;
    private readonly Lock _settling = new();
    private long _allowance;
    private long _marked;
    private long _askedAt;
    private long _markedAt;
    private Task<Settlement>? _settlement;

    public AdmittedRequest(Admission admission, AdmissionOptions options, TimeProvider time, Hold hold, LimitState limits)
    {
        _admission = admission;
        _options = options;
        _time = time;
        RequestId = hold.RequestId;
        Limits = limits;
        _promptTokens = hold.PromptTokens;
        _maxNewTokens = hold.MaxNewTokens;
        _allowance = hold.Allowance;
        _markedAt = time.GetTimestamp();
    }

    /// <inheritdoc/>
    public Guid RequestId { get; }

    /// <inheritdoc/>
    public LimitState Limits { get; }

    /// <inheritdoc/>
    public long TokenAllowance => Volatile.Read(ref _allowance);

    /// <inheritdoc/>
    /// <remarks>Calls come one after another, as a stream's tokens do.</remarks>
    public ValueTask<long> ReportAsync(long generatedTokens, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(generatedTokens);
        bool isMarkDue = generatedTokens - _marked >= _options.MarkTokens || (generatedTokens > _marked && _time.GetElapsedTime(_markedAt) >= _options.MarkInterval);
        bool isShort = _allowance < _maxNewTokens && (generatedTokens >= _allowance || (_allowance - generatedTokens < _options.MarkTokens && generatedTokens - _askedAt >= _options.MarkTokens / 4));
        return isMarkDue || isShort ? new ValueTask<long>(MarkAsync(generatedTokens, cancellationToken)) : new ValueTask<long>(_allowance);
    }

    /// <inheritdoc/>
    public async Task<Settlement> SettleAsync(UsageFacts usage, CancellationToken cancellationToken)
    {
        Check(usage);
        Task<Settlement> settlement;
        lock (_settling)
        {
            settlement = _settlement is null or { IsFaulted: true } ? _settlement = _admission.SettleAsync(RequestId, usage) : _settlement;
        }

        return await settlement.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task<long> MarkAsync(long generatedTokens, CancellationToken cancellationToken)
    {
        _askedAt = generatedTokens;
        long wanted = _allowance - generatedTokens < _options.MarkTokens ? generatedTokens + _options.ChunkTokens : _allowance;
        long allowance = await _admission.ReportAsync(RequestId, generatedTokens, wanted).WaitAsync(cancellationToken).ConfigureAwait(false);
        _marked = Math.Max(_marked, generatedTokens);
        _markedAt = _time.GetTimestamp();
        Volatile.Write(ref _allowance, allowance);
        return allowance;
    }

    private void Check(UsageFacts usage)
    {
        (long prompt, long cached, long completion) = usage.Tokens;
        if (prompt < 0 || cached < 0 || cached > prompt || completion < 0 || prompt > TokenCost.MostTokens || completion > TokenCost.MostTokens)
        {
            throw new ArgumentException($"Usage of {RequestId} makes no sense: {prompt} prompt tokens, of them {cached} cached, {completion} generated. It was admitted with {_promptTokens} and up to {_maxNewTokens}.", nameof(usage));
        }

        if (!(usage.DeviceSeconds is >= 0 and < 1e9) || !(usage.Flop is >= 0 and < 1e30))
        {
            throw new ArgumentException($"Usage of {RequestId} makes no sense: {usage.DeviceSeconds} device-seconds, {usage.Flop} FLOP.", nameof(usage));
        }
    }
}
