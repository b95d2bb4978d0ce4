using Lazuli.Contracts;

namespace Lazuli.Gateway.Tests;

/// <summary>Allows everything until a test says otherwise.</summary>
internal sealed class SwitchedEntitlements : IEntitlements
{
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private EntitlementDecision.Refused? _refusal;

    public long Epoch { get; private set; } = 1;

    public Queue<EntitlementQuestion> Questions { get; } = [];

    public EntitlementDecision Decide(EntitlementQuestion question)
    {
        lock (Questions)
        {
            Questions.Enqueue(question);
        }

        return _refusal is { } refusal ? refusal with { Epoch = Epoch } : new EntitlementDecision.Allowed([new GrantId("grant_one")], [PartyId.Lab]) { Epoch = Epoch };
    }

    public async Task WaitForChangeAsync(long epoch, CancellationToken cancellationToken)
    {
        while (Epoch <= epoch)
        {
            await _changed.Task.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Changes the state of licences; null allows again.</summary>
    public void Change(EntitlementRefusal? code, string reason = "")
    {
        _refusal = code is { } value ? new EntitlementDecision.Refused(value, reason) { Epoch = 0 } : null;
        Epoch++;
        (TaskCompletionSource old, _changed) = (_changed, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        old.SetResult();
    }
}
