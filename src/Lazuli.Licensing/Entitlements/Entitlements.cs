using Lazuli.Contracts;
using Lazuli.Storage;

namespace Lazuli.Licensing;

/// <summary>Decides on a compiled state of the facts that is swapped whole: a decision takes no lock and reads no database.</summary>
/// <remarks>
/// A change made in this process is in force before its maker hears of it. Those of other processes are seen by <see cref="RefreshAsync"/>, which the host
/// calls every second; on PostgreSQL, where several nodes serve, a node that cannot read the epoch for <see cref="LongestBlindness"/> decides nothing any more,
/// so a revocation reaches even a node that is cut off.
/// </remarks>
internal sealed class Entitlements(LazuliDatabase database, TimeProvider time) : IEntitlements, ILicensingView
{
    /// <summary>How long decisions go on without word from a database that others may have changed.</summary>
    public static readonly TimeSpan LongestBlindness = TimeSpan.FromSeconds(4);

    private readonly Lock _publishing = new();
    private volatile CompiledFacts? _current;
    private volatile TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _seenAt;
    private DateTimeOffset _timeSeen;

    /// <summary>Terms read so far.</summary>
    public TermsCache Terms { get; } = new();

    /// <inheritdoc/>
    public long Epoch => Current.Facts.Epoch;

    /// <summary>The state that decisions are made on; read from the database the first time.</summary>
    public CompiledFacts Current => _current ?? ReadFirst();

    /// <summary>The facts in memory; null before they were read.</summary>
    public LicensingFacts? Loaded => _current?.Facts;

    private bool IsBlind => database.Kind != DatabaseKind.Sqlite && time.GetElapsedTime(Interlocked.Read(ref _seenAt)) > LongestBlindness;

    /// <inheritdoc/>
    public EntitlementDecision Decide(EntitlementQuestion question)
    {
        ArgumentNullException.ThrowIfNull(question);
        CompiledFacts facts = Current;
        return IsBlind
            ? new EntitlementDecision.Refused(EntitlementRefusal.Unavailable, "The state of licences cannot be read now.") { Epoch = facts.Facts.Epoch }
            : EntitlementRules.Decide(facts, question, time.GetUtcNow());
    }

    /// <inheritdoc/>
    public async Task WaitForChangeAsync(long epoch, CancellationToken cancellationToken)
    {
        while (true)
        {
            // Taken before the epoch is read: a change between the two ends the wait at once.
            Task changed = _changed.Task;
            if (Epoch > epoch || IsBlind)
            {
                return;
            }

            try
            {
                await changed.WaitAsync(LongestBlindness, time, cancellationToken).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                // Looks again whether the database is still heard.
            }
        }
    }

    /// <inheritdoc/>
    public Party? FindParty(PartyId id) => Current.Parties.GetValueOrDefault(id);

    /// <inheritdoc/>
    public Project? FindProject(ProjectId id) => Current.Projects.GetValueOrDefault(id);

    /// <inheritdoc/>
    public Grant? FindGrant(GrantId id) => Current.Grants.GetValueOrDefault(id)?.Grant;

    /// <inheritdoc/>
    public IReadOnlyList<OwnershipShare> OwnersOf(string modelName, string modelDigest) => Current.Model(modelName, modelDigest).Owners;

    /// <summary>Puts a newer state in force; an older one is left.</summary>
    public void Publish(LicensingFacts facts)
    {
        lock (_publishing)
        {
            if (_current is { } current && current.Facts.Epoch >= facts.Epoch)
            {
                return;
            }

            _current = new CompiledFacts(facts);
            Seen();
            TaskCompletionSource changed = _changed;
            _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            changed.SetResult();
        }
    }

    /// <summary>Looks whether another process changed something, or a term or date was reached, which counts as a change.</summary>
    /// <exception cref="StorageFailedException">The database does not answer.</exception>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        CompiledFacts current = Current;
        long sent = time.GetTimestamp();
        long epoch = await FactsReader.EpochAsync(database, cancellationToken).ConfigureAwait(false);
        Interlocked.Exchange(ref _seenAt, sent);
        DateTimeOffset now = time.GetUtcNow();
        if (epoch == current.Facts.Epoch && current.HasInstantBetween(_timeSeen, now))
        {
            // Whichever process comes first counts up; the others see that.
            await database.WriteAsync(
                transaction => transaction.Execute("UPDATE policy_epoch SET epoch = epoch + 1 WHERE id = 1 AND epoch = @epoch", new { epoch }), cancellationToken).ConfigureAwait(false);
            epoch = -1;
        }

        _timeSeen = now;
        if (epoch != current.Facts.Epoch)
        {
            Publish(await FactsReader.ReadAsync(database, Terms, cancellationToken).ConfigureAwait(false));
        }
    }

    private CompiledFacts ReadFirst()
    {
        lock (_publishing)
        {
            if (_current is null)
            {
                _timeSeen = time.GetUtcNow();
                _current = new CompiledFacts(Task.Run(() => FactsReader.ReadAsync(database, Terms, CancellationToken.None)).GetAwaiter().GetResult());
                Seen();
            }

            return _current;
        }
    }

    private void Seen() => Interlocked.Exchange(ref _seenAt, time.GetTimestamp());
}
