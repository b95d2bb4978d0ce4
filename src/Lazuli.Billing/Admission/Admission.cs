using System.Collections.Concurrent;
using Lazuli.Contracts;
using Lazuli.Storage;
using Microsoft.Extensions.Options;

namespace Lazuli.Billing;

/// <summary>The door before the engine, over the money database.</summary>
internal sealed class Admission : IAdmission, IAdmissionEpoch, IAccountLimits, IAsyncDisposable
{
    private readonly IPrices _prices;
    private readonly AdmissionOptions _options;
    private readonly TimeProvider _time;
    private readonly AdmissionWriter _writer;
    private readonly ConcurrentDictionary<Guid, AdmittedRequest> _live = [];

    public Admission(MoneyDatabase money, IPrices prices, IOptions<AdmissionOptions> options, TimeProvider time)
    {
        _prices = prices;
        _options = options.Value;
        _time = time;
        _writer = new AdmissionWriter(money, _options, _live.ContainsKey, time);
    }

    /// <inheritdoc/>
    public async Task<AdmissionResult> AdmitAsync(AdmissionRequest request, CancellationToken cancellationToken)
    {
        if (request.PromptTokens < 0 || request.MaxNewTokens < 0)
        {
            throw new ArgumentException($"A request has no fewer than 0 tokens; got {request.PromptTokens} and up to {request.MaxNewTokens} new ones.", nameof(request));
        }

        var question = new PriceQuestion
        {
            Party = request.Party,
            GrantChain = request.GrantChain,
            ModelName = request.ModelName,
            At = _time.GetUtcNow(),
            Sandbox = request.Sandbox,
            Batch = request.Batch,
        };
        if (_prices.Find(question) is not { } prices)
        {
            return new AdmissionResult.Refused(AdmissionRefusal.NoPrice, $"No price is in force for {request.ModelName} and {request.Party}; the seller must assign a price plan.", null, LimitState.None);
        }

        var profile = new MeterProfile(0, request.Key, request.Project, request.Party, GrantChainText.Join(request.GrantChain), request.ModelName, request.ModelDigest, prices, request.Batch);
        var operation = new AdmitOperation(request, profile, _options.ChunkTokens, ToResult, cancellationToken);
        try
        {
            _writer.Enqueue(operation);
            return await operation.Task.ConfigureAwait(false);
        }
        catch (StorageFailedException e)
        {
            return new AdmissionResult.Refused(AdmissionRefusal.Unavailable, $"The money database cannot answer: {e.Message}", e.IsTransient ? TimeSpan.FromSeconds(1) : null, LimitState.None);
        }
    }

    /// <inheritdoc/>
    public Task SetEpochAsync(long epoch, CancellationToken cancellationToken) => DoAsync(
        memory =>
        {
            memory.RaiseEpoch(epoch);
            return true;
        },
        cancellationToken);

    /// <inheritdoc/>
    public Task SetAsync(LimitSubject subject, AccountLimits limits, CancellationToken cancellationToken)
    {
        Currency? currency = StoredLimits.Check(subject, limits);
        return DoAsync(memory => AccountChanges.SetLimits(memory, subject, limits, currency), cancellationToken);
    }

    /// <inheritdoc/>
    public Task AddCreditAsync(LimitSubject subject, string id, Money amount, CancellationToken cancellationToken) =>
        DoAsync(memory => AccountChanges.AddCredit(memory, subject, id, amount), cancellationToken);

    /// <inheritdoc/>
    public Task<AccountStanding?> FindAsync(LimitSubject subject, CancellationToken cancellationToken) => DoAsync(
        memory =>
        {
            if (!memory.Accounts.TryGetValue(subject, out AccountState? account))
            {
                return null;
            }

            account.Advance(memory.Now);
            return account.Standing();
        },
        cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<AccountStanding>> ListAsync(CancellationToken cancellationToken) => DoAsync<IReadOnlyList<AccountStanding>>(
        memory =>
        [
            .. memory.Accounts.Values.OrderBy(account => account.Subject.Kind).ThenBy(account => account.Subject.Id, StringComparer.Ordinal).Select(account =>
            {
                account.Advance(memory.Now);
                return account.Standing();
            }),
        ],
        cancellationToken);

    /// <summary>Does something as part of a batch.</summary>
    public Task<T> DoAsync<T>(Func<AdmissionMemory, T> action, CancellationToken cancellationToken)
    {
        var operation = new ActionOperation<T>(action);
        _writer.Enqueue(operation);
        return operation.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Marks how far a stream is, and asks for an allowance of <paramref name="wanted"/> tokens; answers the allowance.</summary>
    public Task<long> ReportAsync(Guid requestId, long generated, long wanted)
    {
        var operation = new ReportOperation(requestId, generated, wanted);
        _writer.Enqueue(operation);
        return operation.Task;
    }

    /// <summary>Ends a request.</summary>
    public async Task<Settlement> SettleAsync(Guid requestId, UsageFacts usage)
    {
        var operation = new SettleOperation(requestId, usage);
        _writer.Enqueue(operation);
        Settlement settlement = await operation.Task.ConfigureAwait(false);
        _live.TryRemove(requestId, out _);
        return settlement;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _writer.DisposeAsync();

    private AdmissionResult ToResult(AdmissionAnswer answer, LimitState limits) => answer switch
    {
        AdmissionAnswer.Admitted(var hold) => new AdmissionResult.Admitted(_live.GetOrAdd(
            hold.RequestId, (_, taken) => new AdmittedRequest(this, _options, _time, taken.Hold, taken.Limits), (Hold: hold, Limits: limits))),
        AdmissionAnswer.Refused refused => new AdmissionResult.Refused(refused.Code, refused.Reason, refused.RetryAfter, limits),
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
