using Lazuli.Contracts;
using Lazuli.Storage;

namespace Lazuli.Billing;

/// <summary>Gives a pledge's share of a period, inside the caller's transaction.</summary>
internal static class PledgeAllotments
{
    /// <summary>Gives it once; later calls answer what was given.</summary>
    public static IReadOnlyList<CreditGrant> Give(DatabaseTransaction transaction, Pledge pledge, DateTimeOffset from, DateTimeOffset until, long baseNanos, DateTimeOffset now)
    {
        var period = new { pledge = pledge.Id, from = StoredTime.Format(from), until = StoredTime.Format(until) };
        IReadOnlyList<AllotmentRow> before = transaction.Query<AllotmentRow>(
            "SELECT period_from AS PeriodFrom, period_until AS PeriodUntil, nanos AS Nanos, at AS At FROM pledge_allotments WHERE pledge = @pledge AND period_from < @until AND @from < period_until", period);
        if (before.Count > 0)
        {
            AllotmentRow row = before[0];
            return row.PeriodFrom == period.from && row.PeriodUntil == period.until
                ? Divide(pledge, from, row.Nanos, StoredTime.Parse(row.At))
                : throw new BillingRefusedException(BillingRefusal.Conflict, $"Pledge {pledge.Id} was given for {row.PeriodFrom} to {row.PeriodUntil} already. Begin where it ends.");
        }

        long nanos = (long)decimal.Truncate((decimal)baseNanos * pledge.ShareBasisPoints / PricePlan.Whole);
        transaction.Execute(
            "INSERT INTO pledge_allotments (pledge, period_from, period_until, base, nanos, at) VALUES (@pledge, @from, @until, @baseNanos, @nanos, @now)",
            new { period.pledge, period.from, period.until, baseNanos, nanos, now = StoredTime.Format(now) });
        IReadOnlyList<CreditGrant> grants = Divide(pledge, from, nanos, now);
        foreach (CreditGrant grant in grants)
        {
            CreditRows.Add(transaction, grant, now);
        }

        return grants;
    }

    private static List<CreditGrant> Divide(Pledge pledge, DateTimeOffset from, long nanos, DateTimeOffset now)
    {
        long[] parts = nanos == 0 ? new long[pledge.Receivers.Count] : Allocation.Split(nanos, pledge.Receivers.Select(receiver => receiver.Weight).ToArray());
        return [.. pledge.Receivers.Select((receiver, i) => new CreditGrant
        {
            Id = $"pledge-{pledge.Id}-{from.UtcDateTime.ToString("yyyyMMdd'T'HHmmss", System.Globalization.CultureInfo.InvariantCulture)}-{receiver.Party}",
            Party = receiver.Party,
            Issuer = pledge.Seller,
            Kind = CreditKind.Pledged,
            Amount = new Money(parts[i], pledge.Currency),
            Priority = 0,
            From = now,
            ExpiresAt = now.AddDays(pledge.ExpiryDays),
            Reason = $"pledge {pledge.Id} of {pledge.Pledger}",
        }).Where(grant => grant.Amount.Nanos > 0)];
    }

    private sealed class AllotmentRow
    {
        public string PeriodFrom { get; init; } = "";

        public string PeriodUntil { get; init; } = "";

        public long Nanos { get; init; }

        public string At { get; init; } = "";
    }
}
