using System.Globalization;
using Lazuli.Contracts;
using Lazuli.Storage;
using Microsoft.Extensions.Options;

namespace Lazuli.Billing;

/// <summary>Prices in the money database, answered from memory.</summary>
/// <remarks>The snapshot is swapped whole after each change here and once in <see cref="BillingOptions.PriceRefresh"/>, for what other processes published. Before the first reading there are no prices, so nothing is sold.</remarks>
internal sealed class PriceBook(MoneyDatabase money, IOptions<BillingOptions> options, TimeProvider time) : IPrices
{
    /// <summary>Clocks of callers may be this much behind ours.</summary>
    private static readonly TimeSpan s_clockLeeway = TimeSpan.FromSeconds(5);

    private readonly Currency _ownCurrency = new(options.Value.Currency);
    private readonly Lock _reading = new();
    private volatile PriceSnapshot? _snapshot;
    private long _readAt;
    private (long Versions, long Assignments) _size;

    /// <inheritdoc/>
    public TokenPrices? Find(in PriceQuestion question)
    {
        if (question.Sandbox)
        {
            return BuiltInPlans.PricesOf(BuiltInPlans.Sandbox, question.Party, _ownCurrency);
        }

        TokenPrices? found = Current().Find(question);
        return found is null && question.GrantChain.Count == 0 ? BuiltInPlans.PricesOf(BuiltInPlans.Internal, question.Party, _ownCurrency) : found;
    }

    /// <summary>The plain price of a job's device-second; without a grant and without an assignment, the owner's own at zero. Null when there is none.</summary>
    public (TokenPrices Version, long UnitNanos)? FindDeviceSecond(in PriceQuestion question) =>
        Current().FindDeviceSecond(question) ?? (question.GrantChain.Count == 0 ? (BuiltInPlans.PricesOf(BuiltInPlans.Internal, question.Party, _ownCurrency), 0) : null);

    /// <summary>A published version and its plan, newly read when it is not known; null for the built-in ones and for none.</summary>
    public (PriceVersion Version, PricePlan Plan)? VersionOf(string name) => Current().VersionOf(name) ?? Reread().VersionOf(name);

    /// <summary>The newest version of a plan; null for none.</summary>
    public PricePlan? NewestOf(string plan) => Reread().NewestOf(plan);

    /// <summary>Everything in force, for monthly fees.</summary>
    public PriceSnapshot Snapshot() => Reread();

    /// <inheritdoc/>
    public async Task<PriceVersion> PublishAsync(PartyId seller, ReadOnlyMemory<byte> document, CancellationToken cancellationToken)
    {
        (PricePlan plan, string canonical, string digest) = PlanReader.Read(document);
        if (BuiltInPlans.IsReserved(plan.Name))
        {
            throw new BillingRefusedException(BillingRefusal.Conflict, $"The name {plan.Name} belongs to a built-in plan at zero. Choose another.");
        }

        PriceVersion published = await money.WriteAsync(transaction => Publish(transaction, seller, plan, canonical, digest), cancellationToken).ConfigureAwait(false);
        Reread();
        return published;
    }

    /// <inheritdoc/>
    public async Task AssignAsync(PriceAssignment assignment, CancellationToken cancellationToken)
    {
        if (assignment.Until <= assignment.From)
        {
            throw new BillingRefusedException(BillingRefusal.Invalid, $"The price would end at {assignment.Until:O}, before it begins at {assignment.From:O}.");
        }

        if (assignment.From < time.GetUtcNow() - s_clockLeeway)
        {
            throw new BillingRefusedException(BillingRefusal.Invalid, $"The price would begin at {assignment.From:O}, in the past, where requests were priced already. Begin it now or later; correct old invoices with a credit note.");
        }

        (string plan, long number) = Split(assignment.PriceVersion);
        await money.WriteAsync(
            transaction =>
            {
                if (transaction.Scalar<long>("SELECT count(*) FROM price_versions WHERE plan = @plan AND version = @number", new { plan, number }) == 0)
                {
                    throw new BillingRefusedException(BillingRefusal.NotFound, $"There is no price version {assignment.PriceVersion}. `lazuli price list` names them.");
                }

                return transaction.Execute(
                    "INSERT INTO price_assignments (plan, version, party, grant_id, valid_from, valid_to) VALUES (@plan, @number, @party, @grant, @from, @until)",
                    new
                    {
                        plan,
                        number,
                        party = assignment.Party?.Value ?? "",
                        grant = assignment.Grant?.Value ?? "",
                        from = StoredTime.Format(assignment.From),
                        until = assignment.Until is { } until ? StoredTime.Format(until) : null,
                    });
            },
            cancellationToken).ConfigureAwait(false);
        Reread();
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<PriceVersion>> ListAsync(CancellationToken cancellationToken) =>
        [.. (await money.QueryAsync<VersionRow>(SelectVersions, null, cancellationToken).ConfigureAwait(false)).Select(row => row.ToVersion())];

    /// <inheritdoc/>
    public async Task<IReadOnlyList<PriceAssignment>> AssignmentsAsync(CancellationToken cancellationToken) =>
        [.. (await money.QueryAsync<AssignmentRow>(SelectAssignments, null, cancellationToken).ConfigureAwait(false)).Select(row => row.ToAssignment())];

    private const string SelectVersions =
        "SELECT plan AS Plan, version AS Version, digest AS Digest, seller AS Seller, currency AS Currency, document AS Document, published_at AS PublishedAt FROM price_versions ORDER BY plan, version";

    private const string SelectAssignments =
        "SELECT plan AS Plan, version AS Version, party AS Party, grant_id AS GrantId, valid_from AS ValidFrom, valid_to AS ValidTo FROM price_assignments ORDER BY id";

    private PriceVersion Publish(DatabaseTransaction transaction, PartyId seller, PricePlan plan, string canonical, string digest)
    {
        IReadOnlyList<VersionRow> found = transaction.Query<VersionRow>(SelectVersions.Replace("ORDER BY", "WHERE plan = @Name ORDER BY", StringComparison.Ordinal) + " DESC LIMIT 1", new { plan.Name });
        VersionRow? newest = found.Count == 0 ? null : found[0];
        if (newest is not null && newest.Seller != seller.Value)
        {
            throw new BillingRefusedException(BillingRefusal.Conflict, $"The plan {plan.Name} is {newest.Seller}'s; {seller} cannot publish a version of it.");
        }

        if (newest?.Digest == digest)
        {
            return newest.ToVersion();
        }

        var row = new VersionRow
        {
            Plan = plan.Name,
            Version = (newest?.Version ?? 0) + 1,
            Digest = digest,
            Seller = seller.Value,
            Currency = plan.Currency.Code,
            Document = canonical,
            PublishedAt = StoredTime.Format(time.GetUtcNow()),
        };
        transaction.Execute(
            "INSERT INTO price_versions (plan, version, digest, seller, currency, document, published_at) VALUES (@Plan, @Version, @Digest, @Seller, @Currency, @Document, @PublishedAt)",
            row);
        return row.ToVersion();
    }

    private PriceSnapshot Current()
    {
        PriceSnapshot? snapshot = _snapshot;
        if (snapshot is not null && time.GetElapsedTime(Volatile.Read(ref _readAt)) < options.Value.PriceRefresh)
        {
            return snapshot;
        }

        // One caller reads again, the others go on with what there is: prices begin later than they are published, so a second does not matter.
        if (!_reading.TryEnter())
        {
            return snapshot ?? Reread();
        }

        try
        {
            return ReadNow();
        }
        catch (StorageFailedException)
        {
            // Nothing can be admitted without this database anyway, and admission says so better than a lookup could.
            Volatile.Write(ref _readAt, time.GetTimestamp());
            return snapshot ?? PriceSnapshot.Empty;
        }
        finally
        {
            _reading.Exit();
        }
    }

    private PriceSnapshot Reread()
    {
        lock (_reading)
        {
            return ReadNow();
        }
    }

    private PriceSnapshot ReadNow()
    {
        // Both databases answer reads of a few rows in microseconds to a millisecond.
        PriceSnapshot read = ReadAsync().GetAwaiter().GetResult();
        Volatile.Write(ref _readAt, time.GetTimestamp());
        _snapshot = read;
        return read;
    }

    private async Task<PriceSnapshot> ReadAsync()
    {
        // Both tables only grow, so their sizes say whether anything is new.
        (long Versions, long Assignments) size = (await money.QueryAsync<(long, long)>("SELECT (SELECT COUNT(*) FROM price_versions), (SELECT COUNT(*) FROM price_assignments)", null, CancellationToken.None).ConfigureAwait(false))[0];
        if (_snapshot is { } same && _size == size)
        {
            return same;
        }

        IReadOnlyList<PriceVersion> versions = await ListAsync(CancellationToken.None).ConfigureAwait(false);
        IReadOnlyList<PriceAssignment> assignments = await AssignmentsAsync(CancellationToken.None).ConfigureAwait(false);
        PriceSnapshot? before = _snapshot;
        _size = size; // counted before they were read: what came between is read again the next time
        return new PriceSnapshot(
            versions.Select(version => before?.VersionOf(version.Name) ?? (version, PlanReader.Read(System.Text.Encoding.UTF8.GetBytes(version.Document)).Plan)),
            assignments);
    }

    private static (string Plan, long Version) Split(string name)
    {
        int at = name.LastIndexOf('@');
        return at > 0 && long.TryParse(name.AsSpan(at + 1), NumberStyles.None, CultureInfo.InvariantCulture, out long number)
            ? (name[..at], number)
            : throw new BillingRefusedException(BillingRefusal.Invalid, $"A price version is named plan@number, such as standard@3; '{name}' is not.");
    }

    private sealed class VersionRow
    {
        public string Plan { get; init; } = "";

        public long Version { get; init; }

        public string Digest { get; init; } = "";

        public string Seller { get; init; } = "";

        public string Currency { get; init; } = "";

        public string Document { get; init; } = "";

        public string PublishedAt { get; init; } = "";

        public PriceVersion ToVersion() =>
            new(string.Create(CultureInfo.InvariantCulture, $"{Plan}@{Version}"), Digest, new PartyId(Seller), new Currency(Currency), StoredTime.Parse(PublishedAt), Document);
    }

    private sealed class AssignmentRow
    {
        public string Plan { get; init; } = "";

        public long Version { get; init; }

        public string Party { get; init; } = "";

        public string GrantId { get; init; } = "";

        public string ValidFrom { get; init; } = "";

        public string? ValidTo { get; init; }

        public PriceAssignment ToAssignment() => new()
        {
            PriceVersion = string.Create(CultureInfo.InvariantCulture, $"{Plan}@{Version}"),
            Party = Party.Length == 0 ? null : new PartyId(Party),
            Grant = GrantId.Length == 0 ? null : new GrantId(GrantId),
            From = StoredTime.Parse(ValidFrom),
            Until = ValidTo is null ? null : StoredTime.Parse(ValidTo),
        };
    }
}
