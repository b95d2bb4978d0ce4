using System.Collections.Concurrent;
using Lazuli.Contracts;

namespace Lazuli.Gateway.Tests;

/// <summary>Admits what a test lets it, and keeps what was settled.</summary>
internal sealed class RecordingAdmission : IAdmission, IMeterEvents
{
    public ConcurrentQueue<AdmissionRequest> Asked { get; } = [];

    public ConcurrentQueue<(Guid Request, UsageFacts Usage)> Settled { get; } = [];

    /// <summary>Completed by the first settlement.</summary>
    public TaskCompletionSource<UsageFacts> FirstSettled { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public AdmissionResult.Refused? Refusal { get; set; }

    /// <summary>Refusals for a stale epoch before it admits.</summary>
    public int StaleTimes { get; set; }

    public LimitState Limits { get; set; } = LimitState.None;

    /// <summary>Tokens that money is there for.</summary>
    public long Allowance { get; set; } = long.MaxValue;

    public Exception? ReportFailure { get; set; }

    public Task<AdmissionResult> AdmitAsync(AdmissionRequest request, CancellationToken cancellationToken)
    {
        Asked.Enqueue(request);
        return Task.FromResult<AdmissionResult>(
            StaleTimes-- > 0 ? new AdmissionResult.Refused(AdmissionRefusal.StaleEpoch, "stale", null, Limits)
            : Refusal is { } refusal ? refusal
            : new AdmissionResult.Admitted(new Admitted(this, request)));
    }

    public Task<MeterEvent?> FindAsync(Guid requestId, CancellationToken cancellationToken)
    {
        AdmissionRequest? asked = Asked.FirstOrDefault(request => request.RequestId == requestId);
        (Guid id, UsageFacts? usage) = Settled.FirstOrDefault(settled => settled.Request == requestId);
        return Task.FromResult(asked is null || usage is null ? null : new MeterEvent
        {
            Source = "node/1", Sequence = 7, RequestId = id, At = DateTimeOffset.FromUnixTimeSeconds(1_700_000_123), Key = asked.Key, Project = asked.Project, Party = asked.Party, GrantChain = asked.GrantChain,
            ModelName = asked.ModelName, ModelDigest = asked.ModelDigest, PriceVersion = "standard@1", Tokens = usage.Tokens, DeviceMicroseconds = 5, Flop = usage.Flop, Charge = new Money(1_234_500_000, new Currency("EUR")), Outcome = usage.Outcome,
        });
    }

    public Task<IReadOnlyList<MeterEvent>> InterruptedAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<MeterEvent>>([]);

    private sealed class Admitted(RecordingAdmission admission, AdmissionRequest request) : IAdmittedRequest
    {
        public Guid RequestId => request.RequestId;

        public LimitState Limits => admission.Limits;

        public long TokenAllowance => Math.Min(request.MaxNewTokens, admission.Allowance);

        public ValueTask<long> ReportAsync(long generatedTokens, CancellationToken cancellationToken) =>
            admission.ReportFailure is { } failure ? ValueTask.FromException<long>(failure) : ValueTask.FromResult(TokenAllowance);

        public Task<Settlement> SettleAsync(UsageFacts usage, CancellationToken cancellationToken)
        {
            admission.Settled.Enqueue((request.RequestId, usage));
            admission.FirstSettled.TrySetResult(usage);
            return Task.FromResult(new Settlement(request.RequestId, admission.Settled.Count, new Money(0, new Currency("EUR")), "test"));
        }
    }
}
