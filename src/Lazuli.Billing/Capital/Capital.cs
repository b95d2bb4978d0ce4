using Lazuli.Contracts;
using Lazuli.Storage;

namespace Lazuli.Billing;

/// <summary>Capital in the money database.</summary>
internal sealed class Capital(MoneyDatabase money, IDeviceTimes times, IInvoices invoices, TimeProvider time) : ICapital
{
    private const int LargestCapPercent = 100_000;
    private const int MostTranches = 100;

    /// <inheritdoc/>
    public Task CommitAsync(CapitalCommitment commitment, CancellationToken cancellationToken)
    {
        Check(commitment);
        string document = MoneyJson.Format(commitment);
        return money.WriteAsync(
            transaction =>
            {
                int isNew = transaction.Execute(
                    "INSERT INTO capital_commitments (id, investor, receiver, currency, document, committed_at) VALUES (@Id, @investor, @receiver, @currency, @document, @now) ON CONFLICT (id) DO NOTHING",
                    new { commitment.Id, investor = commitment.Investor.Value, receiver = commitment.Receiver.Value, currency = commitment.Currency.Code, document, now = StoredTime.Format(time.GetUtcNow()) });
                if (isNew == 0 && transaction.Query<string>("SELECT document FROM capital_commitments WHERE id = @Id", new { commitment.Id })[0] != document)
                {
                    throw new BillingRefusedException(BillingRefusal.Conflict, $"Commitment {commitment.Id} was made with other content. It never changes; commit more under another id.");
                }

                return true;
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public Task MeetConditionAsync(string commitment, int tranche, string evidence, CancellationToken cancellationToken) => money.WriteAsync(
        transaction =>
        {
            TrancheState state = TrancheOf(CapitalRows.Get(transaction, commitment), tranche);
            if (string.IsNullOrWhiteSpace(evidence) || state.Tranche.Condition.Length == 0)
            {
                throw new BillingRefusedException(BillingRefusal.Invalid, $"Tranche {tranche} of {commitment} {(state.Tranche.Condition.Length == 0 ? "has no condition" : "needs evidence, in words, that its condition is met")}.");
            }

            return transaction.Execute(
                "INSERT INTO capital_conditions (commitment, tranche, evidence, at) VALUES (@commitment, @tranche, @evidence, @now) ON CONFLICT (commitment, tranche) DO NOTHING",
                new { commitment, tranche = (long)tranche, evidence, now = StoredTime.Format(time.GetUtcNow()) });
        },
        cancellationToken);

    /// <inheritdoc/>
    public Task DrawAsync(string commitment, int tranche, Money amount, string reference, CancellationToken cancellationToken) => money.WriteAsync(
        transaction =>
        {
            DateTimeOffset now = time.GetUtcNow();
            CapitalPosition position = CapitalRows.Get(transaction, commitment);
            CapitalCommitment terms = position.Commitment;
            TrancheState state = TrancheOf(position, tranche);
            if (amount.Nanos <= 0 || amount.Currency != terms.Currency || string.IsNullOrWhiteSpace(reference))
            {
                throw new BillingRefusedException(BillingRefusal.Invalid, $"A draw has a reference and is above zero in {terms.Currency}; {amount} came.");
            }

            IReadOnlyList<DrawRow> before = transaction.Query<DrawRow>("SELECT tranche AS Tranche, nanos AS Nanos FROM capital_draws WHERE commitment = @commitment AND reference = @reference", new { commitment, reference });
            if (before.Count == 1)
            {
                return before[0].Nanos == amount.Nanos && before[0].Tranche == tranche
                    ? true
                    : throw new BillingRefusedException(BillingRefusal.Conflict, $"The draw {reference} on {commitment} was booked otherwise. Another draw needs another reference.");
            }

            CheckDraw(terms, state, amount, now);
            transaction.Execute(
                "INSERT INTO capital_draws (commitment, tranche, reference, nanos, at) VALUES (@commitment, @tranche, @reference, @nanos, @now)",
                new { commitment, tranche = (long)tranche, reference, nanos = amount.Nanos, now = StoredTime.Format(now) });
            LedgerAccount means = terms.Kind == CapitalKind.Cash ? LedgerAccount.Cash(terms.Receiver) : LedgerAccount.ComputeCredit(terms.Receiver);
            LedgerWriter.Append(transaction, new Transfer(
                means, LedgerAccount.Capital(terms.Receiver, terms.Investor), amount.Nanos, amount.Currency, TransferKind.Capital, $"draw:{commitment}:{reference}", 0, now, commitment));
            return true;
        },
        cancellationToken);

    /// <inheritdoc/>
    public Task SpendAsync(PartyId party, Money cost, string reference, CancellationToken cancellationToken)
    {
        if (cost.Nanos <= 0 || string.IsNullOrWhiteSpace(reference))
        {
            throw new BillingRefusedException(BillingRefusal.Invalid, $"A cost is above zero and has a reference; {cost} came.");
        }

        return money.WriteAsync(
            transaction =>
            {
                string key = $"cost:{party}:{reference}";
                IReadOnlyList<long> before = transaction.Query<long>("SELECT nanos FROM transfers WHERE key = @key", new { key });
                if (before.Count > 0)
                {
                    return before.Sum() == cost.Nanos ? true : throw new BillingRefusedException(BillingRefusal.Conflict, $"The cost {reference} of {party} was booked with another amount.");
                }

                DateTimeOffset now = time.GetUtcNow();
                long credit = Math.Clamp(AssetBalance.Of(transaction, LedgerAccount.ComputeCredit(party), cost.Currency), 0, cost.Nanos);
                if (credit > 0)
                {
                    LedgerWriter.Append(transaction, new Transfer(
                        LedgerAccount.ComputeCost(party), LedgerAccount.ComputeCredit(party), credit, cost.Currency, TransferKind.ComputeCost, key, 0, now, reference));
                }

                if (credit < cost.Nanos)
                {
                    LedgerWriter.Append(transaction, new Transfer(
                        LedgerAccount.ComputeCost(party), LedgerAccount.Cash(party), cost.Nanos - credit, cost.Currency, TransferKind.ComputeCost, key, 1, now, reference));
                }

                return true;
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<CapitalPosition>> PositionsAsync(PartyId? receiver, CancellationToken cancellationToken) => CapitalRows.Positions(
        await money.QueryAsync<string>(CapitalRows.Commitments, new { receiver = receiver?.Value ?? "" }, cancellationToken).ConfigureAwait(false),
        await money.QueryAsync<CapitalRows.EventRow>(CapitalRows.Events, null, cancellationToken).ConfigureAwait(false));

    /// <inheritdoc/>
    public async Task<Runway> RunwayAsync(PartyId party, Currency currency, int days, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(days, 1);
        DateTimeOffset now = time.GetUtcNow();
        string cash = LedgerAccount.Cash(party).Name;
        string compute = LedgerAccount.ComputeCredit(party).Name;
        IReadOnlyList<FlowRow> flows = await money.QueryAsync<FlowRow>(
            """
            SELECT (CASE WHEN debit = @cash OR credit = @cash THEN 'cash' ELSE 'compute' END) AS Means,
                   (CASE WHEN at >= @since AND kind <> 'Capital' AND kind <> 'Return' THEN 1 ELSE 0 END) AS IsBurn,
                   CAST(sum(CASE WHEN debit = @cash OR debit = @compute THEN nanos ELSE -nanos END) AS BIGINT) AS Nanos
            FROM transfers WHERE currency = @currency AND (debit = @cash OR credit = @cash OR debit = @compute OR credit = @compute)
            GROUP BY 1, 2
            """,
            new { cash, compute, currency = currency.Code, since = StoredTime.Format(now.AddDays(-days)) },
            cancellationToken).ConfigureAwait(false);
        return RunwayOf(flows.Where(row => row.Means == "cash").Sum(row => row.Nanos), flows.Where(row => row.Means == "compute").Sum(row => row.Nanos), -flows.Where(row => row.IsBurn == 1).Sum(row => row.Nanos), days);
    }

    /// <inheritdoc/>
    public async Task<Distribution> PlanReturnAsync(PartyId payer, Money amount, CancellationToken cancellationToken) => ReturnWaterfall.Divide(
        [.. (await PositionsAsync(payer, cancellationToken).ConfigureAwait(false)).Where(position => position.Commitment.Currency == amount.Currency)], amount.Nanos);

    /// <inheritdoc/>
    public Task<Distribution> ReturnAsync(PartyId payer, PartyId residualOwner, Money amount, string reference, CancellationToken cancellationToken)
    {
        if (amount.Nanos <= 0 || string.IsNullOrWhiteSpace(reference) || residualOwner == payer)
        {
            throw new BillingRefusedException(BillingRefusal.Invalid, $"A return is above zero, has a reference, and its residual is another party's; {amount} and {residualOwner} came.");
        }

        return money.WriteAsync(transaction => CapitalReturns.Book(transaction, payer, residualOwner, amount, reference, time.GetUtcNow()), cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<MarginReport> MarginsAsync(PartyId seller, Currency currency, DateTimeOffset from, DateTimeOffset until, long costNanosPerDeviceSecond, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(costNanosPerDeviceSecond);
        IReadOnlyList<Invoice> issued = await invoices.ListAsync(seller, null, cancellationToken).ConfigureAwait(false);
        return Margins.Of(currency, issued, await times.SumAsync(from, until, cancellationToken).ConfigureAwait(false), from, until, costNanosPerDeviceSecond);
    }

    internal static Runway RunwayOf(long cashNanos, long computeNanos, long spentNanos, int days)
    {
        decimal? months = spentNanos > 0 ? decimal.Round(((decimal)cashNanos + computeNanos) * days / spentNanos / 30.4375m, 2) : null;
        return new Runway(cashNanos, computeNanos, spentNanos, days, months,
            $"(cash + compute credit that was drawn and is not used up) ÷ (paid out less taken in during the last {days} days, without capital and returns, a day) ÷ 30.4375");
    }

    private static TrancheState TrancheOf(CapitalPosition position, int tranche) => tranche >= 1 && tranche <= position.Tranches.Count
        ? position.Tranches[tranche - 1]
        : throw new BillingRefusedException(BillingRefusal.NotFound, $"Commitment {position.Commitment.Id} has tranches 1 to {position.Tranches.Count}; {tranche} is none of them.");

    private static void CheckDraw(CapitalCommitment terms, TrancheState state, Money amount, DateTimeOffset now)
    {
        string name = $"Tranche {state.Tranche.Number} of {terms.Id}";
        if (now < state.Tranche.NotBefore)
        {
            throw new BillingRefusedException(BillingRefusal.WrongState, $"{name} may be drawn from {state.Tranche.NotBefore:u} on.");
        }

        if (state.Tranche.Condition.Length > 0 && state.MetBy is null)
        {
            throw new BillingRefusedException(BillingRefusal.WrongState, $"{name} may be drawn once this is met: {state.Tranche.Condition}. Nothing shows it yet.");
        }

        if (amount.Nanos > state.LeftNanos)
        {
            throw new BillingRefusedException(BillingRefusal.NotEnough, $"{new Money(state.LeftNanos, terms.Currency)} is left of {name}; {amount} cannot be drawn.");
        }
    }

    private static void Check(CapitalCommitment commitment)
    {
        bool isNumbered = commitment.Tranches.Select((tranche, i) => tranche.Number == i + 1 && tranche.Nanos > 0).All(isRight => isRight);
        if (string.IsNullOrWhiteSpace(commitment.Id) || commitment.Investor == commitment.Receiver || !CurrencyDigits.IsCode(commitment.Currency.Code)
            || commitment.CapPercent is < 0 or > LargestCapPercent || commitment.Tranches.Count is 0 or > MostTranches || !isNumbered)
        {
            throw new BillingRefusedException(
                BillingRefusal.Invalid,
                $"A commitment has an id, two parties, a currency, a cap from 0 to {LargestCapPercent} percent and 1 to {MostTranches} tranches above zero, numbered from 1; {commitment.Id} has not.");
        }
    }

    private sealed class DrawRow
    {
        public long Tranche { get; init; }

        public long Nanos { get; init; }
    }

    private sealed class FlowRow
    {
        public string Means { get; init; } = "";

        public long IsBurn { get; init; }

        public long Nanos { get; init; }
    }
}
