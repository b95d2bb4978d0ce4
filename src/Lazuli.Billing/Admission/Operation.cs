using Lazuli.Contracts;

namespace Lazuli.Billing;

/// <summary>Something that the writer does for a caller as part of a batch.</summary>
internal abstract class Operation
{
    /// <summary>When it stops waiting, by the limits' clock; 0 until it waits.</summary>
    public long DeadlineTicks { get; set; }

    /// <summary>Whether it only frees: then it goes before the others of its batch.</summary>
    public virtual bool IsRelease => false;

    /// <summary>The account that it waits for; null while it does not wait.</summary>
    public AccountState? WaitsFor { get; protected set; }

    /// <summary>Does it, or says that it waits. Told in the batch after its deadline that this is the last time.</summary>
    /// <param name="memory">The running batch.</param>
    /// <param name="blocked">Accounts that others, who came before, wait for.</param>
    /// <param name="isLastTime">It must not wait.</param>
    /// <returns>False when it waits.</returns>
    public abstract bool Apply(AdmissionMemory memory, HashSet<AccountState> blocked, bool isLastTime);

    /// <summary>The batch is durable: answers the caller.</summary>
    public abstract void Complete();

    /// <summary>The batch is lost, and nothing of it happened.</summary>
    public abstract void Fail(Exception failure);
}

/// <summary>An operation with an answer.</summary>
internal abstract class Operation<T> : Operation
{
    private readonly TaskCompletionSource<T> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Exception? _failure;
    private T _answer = default!;

    /// <summary>The answer, once it is durable.</summary>
    public Task<T> Task => _done.Task;

    public sealed override void Complete()
    {
        if (_failure is null)
        {
            _done.SetResult(Finish(_answer));
        }
        else
        {
            _done.SetException(_failure);
        }
    }

    public sealed override void Fail(Exception failure) => _done.TrySetException(failure);

    /// <summary>What the caller gets for an answer, now that it is durable.</summary>
    protected virtual T Finish(T answer) => answer;

    /// <summary>Makes the answer, given when the batch is durable.</summary>
    protected bool Answer(T answer)
    {
        _answer = answer;
        return true;
    }

    /// <summary>Makes an exception the answer; nothing was done.</summary>
    protected bool Refuse(Exception failure)
    {
        _failure = failure;
        return true;
    }
}

/// <summary>A change of limits, credit or epoch, or a turn of the clock.</summary>
internal sealed class ActionOperation<T>(Func<AdmissionMemory, T> action) : Operation<T>
{
    public override bool IsRelease => true;

    public override bool Apply(AdmissionMemory memory, HashSet<AccountState> blocked, bool isLastTime)
    {
        try
        {
            return Answer(action(memory));
        }
        catch (Exception e) when (e is ArgumentException or BillingRefusedException)
        {
            return Refuse(e); // checked before anything was changed
        }
    }
}

/// <summary>Asks to be admitted.</summary>
internal sealed class AdmitOperation(
    AdmissionRequest request, MeterProfile profile, long chunk, Func<AdmissionAnswer, LimitState, AdmissionResult> toResult, CancellationToken cancellationToken) : Operation<AdmissionResult>
{
    private AdmissionAnswer? _said;
    private LimitState _limits = LimitState.None;

    /// <summary>The request's id.</summary>
    public Guid RequestId => request.RequestId;

    public override bool Apply(AdmissionMemory memory, HashSet<AccountState> blocked, bool isLastTime)
    {
        WaitsFor = null;
        if (cancellationToken.IsCancellationRequested)
        {
            return Refuse(new OperationCanceledException(cancellationToken));
        }

        MeterProfile numbered = memory.Numbered(profile);
        AccountState[] accounts = memory.AccountsOf(numbered);
        if (memory.Holds.TryGetValue(request.RequestId, out Hold? same))
        {
            bool isSame = same.Profile == numbered && same.PromptTokens == request.PromptTokens && same.MaxNewTokens == request.MaxNewTokens;
            return Say(isSame ? new AdmissionAnswer.Admitted(same) : Duplicate("a different request runs under it"), memory, accounts);
        }

        if (memory.UsedIds.Contains(request.RequestId))
        {
            return Say(Duplicate("it was used before"), memory, accounts);
        }

        if (request.Epoch < memory.Epoch)
        {
            return Say(new AdmissionAnswer.Refused(AdmissionRefusal.StaleEpoch, $"Licences changed since this was decided (state {request.Epoch}, now {memory.Epoch}); decide again.", TimeSpan.Zero), memory, accounts);
        }

        AccountState? ahead = isLastTime ? null : Array.Find(accounts, account => blocked.Contains(account) && account.AvailableNanos() is not null);
        AdmissionAnswer answer = ahead is null
            ? AdmissionBook.Admit(request.RequestId, numbered, accounts, request.PromptTokens, request.MaxNewTokens, chunk, memory.Now)
            : new AdmissionAnswer.Wait(ahead, new AdmissionAnswer.Refused(AdmissionRefusal.Budget, "Others wait for the same budget.", null));
        switch (answer)
        {
            case AdmissionAnswer.Wait wait when !isLastTime:
                WaitsFor = wait.Account;
                return false;
            case AdmissionAnswer.Wait wait:
                return Say(wait.Otherwise, memory, accounts);
            case AdmissionAnswer.Admitted admitted:
                memory.RaiseEpoch(request.Epoch);
                memory.Add(admitted.Hold);
                break;
        }

        return Say(answer, memory, accounts);
    }

    protected override AdmissionResult Finish(AdmissionResult answer) => toResult(_said!, _limits);

    private bool Say(AdmissionAnswer answer, AdmissionMemory memory, AccountState[] accounts)
    {
        _said = answer;
        _limits = AdmissionBook.Limits(accounts, memory.Now);
        if (answer is AdmissionAnswer.Refused { ShortOf: { } account })
        {
            memory.RanShort(account);
        }

        return true;
    }

    private AdmissionAnswer.Refused Duplicate(string why) =>
        new(AdmissionRefusal.DuplicateRequest, $"The request id {request.RequestId} cannot be used: {why}. An id names one request for ever; take a new one.", null);
}

/// <summary>Marks how far a stream is, and asks for more.</summary>
internal sealed class ReportOperation(Guid requestId, long generatedTokens, long wantedTokens) : Operation<long>
{
    public override bool Apply(AdmissionMemory memory, HashSet<AccountState> blocked, bool isLastTime)
    {
        WaitsFor = null;
        if (!memory.Holds.TryGetValue(requestId, out Hold? hold))
        {
            return Answer(0); // settled meanwhile, or taken for dead: nothing more may be generated
        }

        hold.MarkedTokens = Math.Max(hold.MarkedTokens, Math.Min(generatedTokens, hold.Allowance));
        memory.Change(hold);
        AccountState? blocking = AdmissionBook.Extend(hold, wantedTokens, memory.Now);
        if (blocking is not null && (isLastTime || generatedTokens < hold.Allowance))
        {
            if (generatedTokens >= hold.Allowance)
            {
                blocking.RunShort();
            }

            AdmissionBook.StopWaiting(hold); // goes on with what it has
            blocking = null;
        }

        WaitsFor = blocking;
        return blocking is null && Answer(hold.Allowance);
    }
}

/// <summary>Ends a request.</summary>
internal sealed class SettleOperation(Guid requestId, UsageFacts usage) : Operation<Settlement>
{
    public override bool IsRelease => true;

    public override bool Apply(AdmissionMemory memory, HashSet<AccountState> blocked, bool isLastTime) =>
        memory.Holds.TryGetValue(requestId, out Hold? hold) ? Answer(memory.Settle(hold, usage))
        : MeterRows.FindSettlement(memory.Transaction, requestId) is { } before ? Answer(before)
        : Refuse(new InvalidOperationException($"The request {requestId} is neither held nor settled: the money database is not the one that it was admitted to."));
}
