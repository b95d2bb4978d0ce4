using Lazuli.Contracts;
using Lazuli.Storage;

namespace Lazuli.Billing;

/// <summary>Pledges and the benefit report, in the money database.</summary>
internal sealed class Benefits(MoneyDatabase money, IMeteredUsage usage, IDeviceTimes times, IInvoices invoices, PriceBook prices, TimeProvider time) : IBenefits
{
    private const int MostReceivers = 10_000;
    private const int MostExpiryDays = 3_660;

    /// <inheritdoc/>
    public Task PledgeAsync(Pledge pledge, CancellationToken cancellationToken)
    {
        if (!PlanJson.IsName(pledge.Id) || pledge.ShareBasisPoints is < 1 or > PricePlan.Whole || pledge.ExpiryDays is < 1 or > MostExpiryDays || !CurrencyDigits.IsCode(pledge.Currency.Code)
            || pledge.Receivers.Count is 0 or > MostReceivers || pledge.Receivers.Any(receiver => receiver.Weight <= 0 || receiver.Party == pledge.Seller)
            || pledge.Receivers.DistinctBy(receiver => receiver.Party).Count() != pledge.Receivers.Count)
        {
            throw new BillingRefusedException(
                BillingRefusal.Invalid,
                $"A pledge has an id of small letters, digits and hyphens, a share from 1 to {PricePlan.Whole} basis points, credit for 1 to {MostExpiryDays} days and 1 to {MostReceivers} different receivers with weights above zero, the seller not among them; {pledge.Id} has not.");
        }

        string document = MoneyJson.Format(pledge);
        return money.WriteAsync(
            transaction =>
            {
                int isNew = transaction.Execute(
                    "INSERT INTO pledges (id, pledger, document, pledged_at) VALUES (@Id, @pledger, @document, @now) ON CONFLICT (id) DO NOTHING",
                    new { pledge.Id, pledger = pledge.Pledger.Value, document, now = StoredTime.Format(time.GetUtcNow()) });
                if (isNew == 0 && transaction.Query<string>("SELECT document FROM pledges WHERE id = @Id", new { pledge.Id })[0] != document)
                {
                    throw new BillingRefusedException(BillingRefusal.Conflict, $"Pledge {pledge.Id} was made with other content. Make another one under another id.");
                }

                return true;
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Pledge>> ListAsync(CancellationToken cancellationToken) =>
        [.. (await money.QueryAsync<string>("SELECT document FROM pledges ORDER BY id", null, cancellationToken).ConfigureAwait(false)).Select(MoneyJson.Parse<Pledge>)];

    /// <inheritdoc/>
    public async Task<IReadOnlyList<CreditGrant>> AllotAsync(string pledge, DateTimeOffset from, DateTimeOffset until, CancellationToken cancellationToken)
    {
        DateTimeOffset now = time.GetUtcNow();
        if (until <= from || until > now)
        {
            throw new BillingRefusedException(BillingRefusal.Invalid, $"A share is given of a period that is over; {from:u} to {until:u} came.");
        }

        Pledge terms = (await ListAsync(cancellationToken).ConfigureAwait(false)).FirstOrDefault(candidate => candidate.Id == pledge)
            ?? throw new BillingRefusedException(BillingRefusal.NotFound, $"There is no pledge {pledge}. `lazuli benefit list` names them.");
        long baseNanos = terms.Base == PledgeBase.Revenue
            ? await RevenueAsync(terms, from, until, cancellationToken).ConfigureAwait(false)
            : await ComputeAsync(terms, from, until, cancellationToken).ConfigureAwait(false);
        return await money.WriteAsync(transaction => PledgeAllotments.Give(transaction, terms, from, until, Math.Max(0, baseNanos), now), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task<BenefitReport> ReportAsync(Currency currency, DateTimeOffset from, DateTimeOffset until, CancellationToken cancellationToken)
    {
        IReadOnlyList<GivenRow> given = await money.QueryAsync<GivenRow>(
            """
            SELECT g.party AS Party, CAST(sum(g.nanos) AS BIGINT) AS Nanos FROM credit_grants g
            WHERE g.kind = 'Pledged' AND g.currency = @currency AND g.created_at >= @from AND g.created_at < @until GROUP BY g.party
            """,
            new { currency = currency.Code, from = StoredTime.Format(from), until = StoredTime.Format(until) },
            cancellationToken).ConfigureAwait(false);
        long usedNanos = (await money.QueryAsync<long>(
            """
            SELECT CAST(COALESCE(sum(u.nanos), 0) AS BIGINT) FROM credit_uses u JOIN credit_grants g ON g.id = u.grant_id
            WHERE g.kind = 'Pledged' AND u.kind = 'Used' AND g.currency = @currency AND u.at >= @from AND u.at < @until
            """,
            new { currency = currency.Code, from = StoredTime.Format(from), until = StoredTime.Format(until) },
            cancellationToken).ConfigureAwait(false))[0];
        IReadOnlyList<DeviceTime> spent = await times.SumAsync(from, until, cancellationToken).ConfigureAwait(false);
        var uses = new List<BenefitUse>();
        long accrued = 0;
        foreach (PartyId party in (await usage.PartiesAsync(from, until, cancellationToken).ConfigureAwait(false)).Union(given.Select(row => new PartyId(row.Party))))
        {
            IReadOnlyList<MeteredQuantity> sums = await usage.SumAsync(party, from, until, time.GetUtcNow(), cancellationToken).ConfigureAwait(false);
            long tokens = sums.Where(sum => sum.Meter is UsageMeter.InputTokens or UsageMeter.CachedInputTokens or UsageMeter.OutputTokens).Sum(sum => sum.Quantity);
            uses.Add(new BenefitUse(party, tokens, decimal.Round(spent.Where(row => row.Party == party).Sum(row => row.Microseconds) / 1_000_000m, 3), given.Where(row => row.Party == party.Value).Sum(row => row.Nanos)));
            accrued = checked(accrued + sums.Where(sum => sum.AccruedNanos != 0 && prices.VersionOf(sum.PriceVersion)?.Version.Currency == currency).Sum(sum => sum.AccruedNanos));
        }

        uses = [.. uses.OrderByDescending(use => use.Tokens).ThenBy(use => use.Party.Value, StringComparer.Ordinal)];
        return new BenefitReport(from, until, currency, uses, BenefitFigures.Of(uses, currency, accrued, usedNanos));
    }

    private async Task<long> RevenueAsync(Pledge pledge, DateTimeOffset from, DateTimeOffset until, CancellationToken cancellationToken) =>
        (await invoices.ListAsync(pledge.Pledger, null, cancellationToken).ConfigureAwait(false))
            .Where(invoice => invoice.State != InvoiceState.Draft && invoice.Document.Currency == pledge.Currency && invoice.Document.From >= from && invoice.Document.Until <= until)
            .Aggregate(0L, (sum, invoice) => checked(sum + invoice.Document.NetNanos));

    private async Task<long> ComputeAsync(Pledge pledge, DateTimeOffset from, DateTimeOffset until, CancellationToken cancellationToken) =>
        (await money.QueryAsync<long>(
            "SELECT CAST(COALESCE(sum(nanos), 0) AS BIGINT) FROM transfers WHERE kind = 'ComputeCost' AND debit = @account AND currency = @currency AND at >= @from AND at < @until",
            new { account = LedgerAccount.ComputeCost(pledge.Pledger).Name, currency = pledge.Currency.Code, from = StoredTime.Format(from), until = StoredTime.Format(until) },
            cancellationToken).ConfigureAwait(false))[0];

    private sealed class GivenRow
    {
        public string Party { get; init; } = "";

        public long Nanos { get; init; }
    }
}
