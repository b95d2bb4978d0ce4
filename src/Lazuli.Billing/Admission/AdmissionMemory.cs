using Lazuli.Contracts;
using Lazuli.Storage;

namespace Lazuli.Billing;

/// <summary>What the writer remembers of the database from batch to batch: accounts with limits, its own holds, profiles. Follows what other processes write. For one thread.</summary>
/// <param name="options">Settings.</param>
/// <param name="isLive">Whether somebody in this process has the request.</param>
internal sealed class AdmissionMemory(AdmissionOptions options, Func<Guid, bool> isLive)
{
    private readonly Dictionary<LimitSubject, AccountState> _accounts = [];
    private readonly Dictionary<Guid, Hold> _holds = [];
    private readonly Dictionary<MeterProfile, MeterProfile> _profiles = []; // without a number → with it
    private readonly Dictionary<long, MeterProfile> _profilesById = [];
    private readonly List<Hold> _newHolds = [];
    private readonly HashSet<Hold> _changedHolds = [];
    private readonly List<Guid> _endedHolds = [];
    private readonly List<MeterRow> _events = [];
    private readonly HashSet<AccountState> _changedAccounts = [];
    private readonly Dictionary<long, AccountState[]> _accountsOfProfile = [];
    private readonly SortedDictionary<long, (long First, long Last)> _settled = []; // of each source
    private readonly Dictionary<(PartyId Party, PartyId Seller, Currency Currency), long> _charges = [];
    private readonly List<Hold> _orphans = [];
    private long _version;
    private bool _isLoaded;

    /// <summary>The transaction of the running batch.</summary>
    public DatabaseTransaction Transaction { get; private set; } = null!;

    /// <summary>The batch's time; all in it happens at once.</summary>
    public AdmissionMoment Now { get; private set; }

    /// <summary>The same in microseconds.</summary>
    public long NowMicroseconds { get; private set; }

    /// <summary>The policy epoch in force.</summary>
    public long Epoch { get; private set; }

    /// <summary>Number of the batch.</summary>
    public long Version => _version;

    /// <summary>This process's source of events.</summary>
    public MeterSource Source { get; } = new(options.IntervalSeconds);

    /// <summary>Accounts with limits.</summary>
    public IReadOnlyDictionary<LimitSubject, AccountState> Accounts => _accounts;

    /// <summary>This process's holds.</summary>
    public IReadOnlyDictionary<Guid, Hold> Holds => _holds;

    /// <summary>Ids among the batch's new requests that were used before.</summary>
    public HashSet<Guid> UsedIds { get; } = [];

    /// <summary>Begins a batch.</summary>
    public void Begin(DatabaseTransaction transaction, BillingClock clock)
    {
        Transaction = transaction;
        UsedIds.Clear();
        long known = _version;
        (_version, Epoch) = AdmissionRows.NextVersion(transaction);
        Now = clock.Now();
        NowMicroseconds = Math.Max(UnixTime.Microseconds(Now.Utc), Source.LastMicroseconds);
        if (_isLoaded && _version != known + 1)
        {
            // Another process wrote: it may have changed accounts, or taken this one for dead.
            AdmissionRows.ReadAccounts(transaction, known, _accounts);
            _accountsOfProfile.Clear();
            _isLoaded = Source.Id == 0 || MeterRows.ReadOpenSource(transaction, Source.Id) is not null;
        }

        if (!_isLoaded)
        {
            Load();
        }

        if (Source.Id != 0)
        {
            Source.Turn(transaction, NowMicroseconds);
        }

        foreach (Hold orphan in _orphans)
        {
            Settle(orphan, Interrupted(orphan));
        }

        _orphans.Clear();
    }

    /// <summary>Forgets everything: a batch was lost, and what it did here with it.</summary>
    public void Forget()
    {
        _isLoaded = false;
        ClearBatch();
    }

    /// <summary>Accounts with limits among those a profile touches.</summary>
    public AccountState[] AccountsOf(MeterProfile profile)
    {
        if (_accountsOfProfile.TryGetValue(profile.Id, out AccountState[]? known))
        {
            return known;
        }

        var found = new List<AccountState>(3);
        Add(LimitSubject.Key(profile.Key));
        Add(LimitSubject.Project(profile.Project));
        Add(LimitSubject.Party(profile.Party));
        foreach (GrantId grant in profile.Grants)
        {
            Add(LimitSubject.Grant(grant));
        }

        return _accountsOfProfile[profile.Id] = [.. found];

        void Add(LimitSubject subject)
        {
            if (_accounts.TryGetValue(subject, out AccountState? account))
            {
                found.Add(account);
            }
        }
    }

    /// <summary>The account of a subject, made when there is none.</summary>
    public AccountState AccountOf(LimitSubject subject)
    {
        if (!_accounts.TryGetValue(subject, out AccountState? account))
        {
            account = new AccountState(_accounts.Count == 0 ? 1 : _accounts.Values.Max(a => a.Id) + 1, subject);
            account.Advance(Now);
            AdmissionRows.InsertAccount(Transaction, account, _version);
            _accounts.Add(subject, account);
            _accountsOfProfile.Clear();
        }

        return account;
    }

    /// <summary>The same profile with its number.</summary>
    public MeterProfile Numbered(MeterProfile profile)
    {
        if (!_profiles.TryGetValue(profile, out MeterProfile? numbered))
        {
            numbered = MeterRows.Store(Transaction, profile);
            _profiles.Add(profile, numbered);
            _profilesById[numbered.Id] = numbered;
        }

        return numbered;
    }

    /// <summary>A profile by its number.</summary>
    public MeterProfile ProfileOf(long id)
    {
        if (!_profilesById.TryGetValue(id, out MeterProfile? profile))
        {
            profile = MeterRows.ReadProfile(Transaction, id);
            _profilesById.Add(id, profile);
        }

        return profile;
    }

    /// <summary>Seconds of an interval.</summary>
    public int IntervalSeconds => options.IntervalSeconds;

    /// <summary>Gives this process a source where it has none: the running interval is not sealed before the source's heartbeat of it, so all that is recorded meanwhile comes under the seal.</summary>
    public void OpenSource()
    {
        if (Source.Id == 0)
        {
            Source.Open(Transaction, options.Node, NowMicroseconds);
            NowMicroseconds = Math.Max(NowMicroseconds, Source.LastMicroseconds);
        }
    }

    /// <summary>Keeps a new hold.</summary>
    public void Add(Hold hold)
    {
        OpenSource();
        _holds.Add(hold.RequestId, hold);
        _newHolds.Add(hold);
        _changedAccounts.UnionWith(hold.Accounts);
    }

    /// <summary>Keeps that an account changed.</summary>
    public void Change(AccountState account) => _changedAccounts.Add(account);

    /// <summary>Keeps that an account's money did not do for a request, if that is news.</summary>
    public void RanShort(AccountState account)
    {
        account.RunShort();
        if (account.HasBudgetNews)
        {
            Change(account);
        }
    }

    /// <summary>Keeps that a hold changed.</summary>
    public void Change(Hold hold)
    {
        _changedHolds.Add(hold);
        _changedAccounts.UnionWith(hold.Accounts);
    }

    /// <summary>Sets the epoch, which only rises.</summary>
    public void RaiseEpoch(long epoch)
    {
        if (epoch > Epoch)
        {
            Epoch = epoch;
            AdmissionRows.SetEpoch(Transaction, epoch);
        }
    }

    /// <summary>Ends a hold: charge, event and release.</summary>
    public Settlement Settle(Hold hold, UsageFacts usage)
    {
        (long charge, long uncharged) = AdmissionBook.Settle(hold, usage.Tokens, Now);
        MeterRow row = Source.Add(Row(hold, usage, charge, uncharged));
        Keep(hold, row);
        _holds.Remove(hold.RequestId);
        return new Settlement(hold.RequestId, row.Sequence, new Money(charge, hold.Profile.Prices.Currency), hold.Profile.Prices.PriceVersion);
    }

    /// <summary>Settles what a dead source left, from its last durable marks, in the source's own numbers; answers how many, and ends the source when that was all.</summary>
    public int Recover(long source, int most, int lengthSeconds)
    {
        if (source == Source.Id || MeterRows.ReadOpenSource(Transaction, source) is not { } row)
        {
            return 0;
        }

        long counted = row.Counted;
        foreach (var interval in MeterRows.ReadUncounted(Transaction, source, row.Counted, lengthSeconds).GroupBy(sums => sums.Interval))
        {
            long events = interval.Sum(sums => sums.Sums.Events);
            MeterRows.InsertBeat(Transaction, interval.Key, source, lengthSeconds, counted, events);
            counted += events;
            foreach ((_, long eventInterval, long profile, MeterSums sums) in interval)
            {
                MeterRows.InsertSums(Transaction, interval.Key, source, profile, eventInterval, sums);
            }
        }

        List<Hold> holds = AdmissionRows.ReadHolds(Transaction, source, most, ProfileOf, AccountsOf, Now.LimitTicks);
        long next = row.Next;
        long interval2 = UnixTime.Interval(NowMicroseconds, lengthSeconds);
        var recovered = new Dictionary<long, MeterSums>();
        foreach (Hold hold in holds)
        {
            UsageFacts usage = Interrupted(hold);
            (long charge, long uncharged) = AdmissionBook.Settle(hold, usage.Tokens, Now);
            MeterRow settled = Row(hold, usage, charge, uncharged) with { Source = source, Sequence = next++ };
            (recovered.TryGetValue(settled.Profile, out MeterSums? sums) ? sums : recovered[settled.Profile] = new MeterSums()).Add(settled);
            Keep(hold, settled);
        }

        if (holds.Count > 0)
        {
            MeterRows.InsertBeat(Transaction, interval2, source, lengthSeconds, row.Next, holds.Count);
            MeterRows.InsertRecovery(Transaction, source, row.Next, holds.Count, Now.Utc);
            foreach ((long profile, MeterSums sums) in recovered)
            {
                MeterRows.InsertSums(Transaction, interval2, source, profile, interval2, sums);
            }
        }

        MeterRows.UpdateSource(Transaction, source, NowMicroseconds, next, next);
        if (holds.Count < most)
        {
            MeterRows.EndSource(Transaction, source, NowMicroseconds);
        }

        return holds.Count;
    }

    /// <summary>Ends this process's source, unless requests run.</summary>
    public bool Close()
    {
        if (Source.Id != 0 && _holds.Count == 0)
        {
            Source.Close(Transaction, NowMicroseconds);
        }

        return Source.Id == 0;
    }

    /// <summary>Writes down what the batch did.</summary>
    public void Write()
    {
        AdmissionRows.InsertHolds(Transaction, _newHolds.FindAll(hold => _holds.ContainsKey(hold.RequestId)), Source.Id);
        foreach (Hold hold in _changedHolds)
        {
            if (_holds.ContainsKey(hold.RequestId))
            {
                AdmissionRows.UpdateHold(Transaction, hold);
            }
        }

        AdmissionRows.DeleteHolds(Transaction, _endedHolds);
        MeterRows.InsertEvents(Transaction, _events);
        WriteCharges();
        foreach (AccountState account in _changedAccounts)
        {
            if (account.HasBudgetNews)
            {
                BudgetEvents.Append(Transaction, account, account.TakeBudgetNews(), Now);
            }

            AdmissionRows.UpdateAccount(Transaction, account, _version);
        }

        if (Source.Id != 0)
        {
            Source.Write(Transaction, NowMicroseconds);
        }

        ClearBatch();
    }

    /// <summary>Whether a price a request counts it: not one that the engine failed, nor one of which nothing was marked before a kill.</summary>
    private static bool IsBillable(UsageFacts usage) =>
        usage.Outcome != RequestOutcome.Failed && (usage.Outcome != RequestOutcome.Interrupted || usage.Tokens.Prompt + usage.Tokens.Completion != 0);

    private static UsageFacts Interrupted(Hold hold) =>
        new(hold.MarkedTokens == 0 ? default : new ChargedTokens(hold.PromptTokens, 0, hold.MarkedTokens), 0, 0, RequestOutcome.Interrupted);

    private void Load()
    {
        _accounts.Clear();
        _accountsOfProfile.Clear();
        _holds.Clear();
        _profiles.Clear();
        _profilesById.Clear();
        AdmissionRows.ReadAccounts(Transaction, -1, _accounts);
        _orphans.Clear();
        _isLoaded = true;
        if (!Source.Reload(Transaction))
        {
            return;
        }

        NowMicroseconds = Math.Max(NowMicroseconds, Source.LastMicroseconds);
        foreach (Hold hold in AdmissionRows.ReadHolds(Transaction, Source.Id, long.MaxValue, ProfileOf, AccountsOf, Now.LimitTicks))
        {
            _holds.Add(hold.RequestId, hold);
            if (!isLive(hold.RequestId))
            {
                _orphans.Add(hold); // committed after all in a batch whose end nobody heard of, so that its caller was refused
            }
        }
    }

    private MeterRow Row(Hold hold, UsageFacts usage, long charge, long uncharged) => new()
    {
        Source = 0,
        Sequence = 0,
        RequestId = hold.RequestId,
        Profile = hold.Profile.Id,
        AtMicroseconds = NowMicroseconds,
        Tokens = usage.Tokens,
        DeviceMicroseconds = (long)Math.Round(usage.DeviceSeconds * 1e6),
        Flop = usage.Flop,
        ChargeNanos = charge,
        UnchargedNanos = uncharged,
        Outcome = usage.Outcome,
        Requests = IsBillable(usage) ? 1 : 0,
    };

    private void Keep(Hold hold, in MeterRow row)
    {
        _events.Add(row);
        _endedHolds.Add(hold.RequestId);
        _changedAccounts.UnionWith(hold.Accounts);
        _settled[row.Source] = (_settled.TryGetValue(row.Source, out (long First, long Last) range) ? range.First : row.Sequence, row.Sequence);
        if (row.ChargeNanos > 0)
        {
            (PartyId, PartyId, Currency) leg = (hold.Profile.Party, hold.Profile.Prices.Seller, hold.Profile.Prices.Currency);
            _charges[leg] = _charges.GetValueOrDefault(leg) + row.ChargeNanos;
        }
    }

    /// <summary>One transfer a payer and seller for the whole batch, under the batch's number: its reference names the events, as source:first-last.</summary>
    private void WriteCharges()
    {
        if (_charges.Count == 0)
        {
            return;
        }

        string key = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"usage:{_version}");
        string reference = string.Join(' ', _settled.Select(range => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{range.Key}:{range.Value.First}-{range.Value.Last}")));
        var transfers = new Transfer[_charges.Count];
        int leg = 0;
        foreach (((PartyId party, PartyId seller, Currency currency), long nanos) in _charges)
        {
            transfers[leg] = new Transfer(LedgerAccount.Accrued(party, seller), LedgerAccount.Earnings(seller), nanos, currency, TransferKind.Usage, key, leg, Now.Utc, reference);
            leg++;
        }

        LedgerWriter.Append(Transaction, transfers);
    }

    private void ClearBatch()
    {
        _newHolds.Clear();
        _changedHolds.Clear();
        _endedHolds.Clear();
        _changedAccounts.Clear();
        _events.Clear();
        _settled.Clear();
        _charges.Clear();
    }
}
