using System.Globalization;
using Lazuli.Contracts;

namespace Lazuli.Billing;

/// <summary>Turns metered sums into lines, and late ones into the lines that are missing. Pure.</summary>
internal static class UsageRating
{
    /// <summary>Lines of a period, in the order of their groups and tiers.</summary>
    /// <param name="sums">Metered sums, of this seller and currency only.</param>
    /// <param name="plans">Plans of their price versions.</param>
    /// <param name="from">First instant of the period.</param>
    /// <param name="until">First instant after it.</param>
    /// <exception cref="BillingRefusedException">A price version does not price what was used under it.</exception>
    public static List<InvoiceLine> Lines(IEnumerable<MeteredQuantity> sums, Func<string, PricePlan> plans, DateTimeOffset from, DateTimeOffset until) =>
        Missing([], sums, plans, line => line with { Kind = InvoiceLineKind.Usage, From = from, Until = until });

    /// <summary>Lines that bring what was booked for a closed period to what its use comes to now.</summary>
    /// <param name="booked">Lines about that period on all invoices that stand.</param>
    /// <param name="sums">The period's sums as they are now.</param>
    /// <param name="plans">Plans of their price versions.</param>
    /// <param name="corrected">The invoice that closed the period.</param>
    /// <param name="lateEvents">Identities of the events that came since.</param>
    public static List<InvoiceLine> Corrections(
        IEnumerable<InvoiceLine> booked, IEnumerable<MeteredQuantity> sums, Func<string, PricePlan> plans, InvoiceDocument corrected, IReadOnlyList<string> lateEvents) =>
        Missing(booked, sums, plans, line => line with
        {
            Kind = InvoiceLineKind.Correction,
            Description = $"{line.Description}, correction of {corrected.Number}",
            From = corrected.From,
            Until = corrected.Until,
            CorrectsInvoice = corrected.Number,
            CorrectsEvents = lateEvents,
        });

    private static List<InvoiceLine> Missing(IEnumerable<InvoiceLine> booked, IEnumerable<MeteredQuantity> sums, Func<string, PricePlan> plans, Func<InvoiceLine, InvoiceLine> complete)
    {
        var groups = new SortedDictionary<UsageGroup, Group>();
        foreach (MeteredQuantity sum in sums)
        {
            Group group = GroupOf(groups, UsageGroup.Of(sum));
            group.Quantity = checked(group.Quantity + sum.Quantity);
            group.AccruedNanos = checked(group.AccruedNanos + sum.AccruedNanos);
        }

        foreach (InvoiceLine line in booked)
        {
            Group group = GroupOf(groups, UsageGroup.Of(line));
            group.Booked.Add(new RatedSlice(line.Tier, line.IsTierFee, line.Quantity, line.UnitNanos, line.ExactNanos));
            group.AccruedNanos -= line.AccruedNanos;
        }

        var lines = new List<InvoiceLine>();
        foreach ((UsageGroup key, Group group) in groups)
        {
            PricePlan plan = plans(key.PriceVersion);
            if (plan.RateOf(key.Model, key.Meter) is not { } rate)
            {
                CheckFree(key, group);
                continue;
            }

            if (group.Quantity < 0)
            {
                throw new BillingRefusedException(BillingRefusal.PeriodIncomplete, $"A correction of {key.Model} is counted already and what it corrects is not yet; draft again in a minute.");
            }

            IReadOnlyList<RatedSlice> slices = Rating.Delta(group.Booked, Rating.Rate(rate, group.Quantity, key.Batch ? plan.BatchDiscountBasisPoints : 0));
            if (slices.Count == 0 && group.AccruedNanos != 0)
            {
                slices = [new RatedSlice(0, false, 0, rate.Tiers[0].UnitNanos, 0)]; // the accrual must leave its account all the same
            }

            for (int i = 0; i < slices.Count; i++)
            {
                lines.Add(complete(Line(key, rate, slices[i], i == 0 ? group.AccruedNanos : 0)));
            }
        }

        return lines;
    }

    private static Group GroupOf(SortedDictionary<UsageGroup, Group> groups, UsageGroup key)
    {
        if (!groups.TryGetValue(key, out Group? group))
        {
            groups[key] = group = new Group();
        }

        return group;
    }

    /// <summary>Requests and device-seconds may be without a price; tokens were sold, so they have one or the store is wrong.</summary>
    private static void CheckFree(UsageGroup key, Group group)
    {
        if (group.AccruedNanos != 0 || (group.Quantity != 0 && key.Meter is UsageMeter.InputTokens or UsageMeter.CachedInputTokens or UsageMeter.OutputTokens))
        {
            throw new BillingRefusedException(BillingRefusal.NotFound, $"{key.PriceVersion} has no price for {key.Meter} of {key.Model}, but {group.Quantity} of them were metered under it. Nothing is invoiced until this is explained.");
        }
    }

    private static InvoiceLine Line(UsageGroup key, PriceRate rate, RatedSlice slice, long accruedNanos) => new()
    {
        Kind = InvoiceLineKind.Usage,
        Description = Describe(key, rate, slice),
        PriceVersion = key.PriceVersion,
        GrantChain = GrantChainText.Split(key.GrantChain),
        Model = key.Model,
        Meter = key.Meter,
        Batch = key.Batch,
        Tier = slice.Tier,
        IsTierFee = slice.IsFee,
        Quantity = slice.Quantity,
        UnitNanos = slice.UnitNanos,
        ExactNanos = slice.Nanos,
        AccruedNanos = accruedNanos,
        From = default,
        Until = default,
    };

    private static string Describe(UsageGroup key, PriceRate rate, RatedSlice slice)
    {
        string meter = key.Meter switch
        {
            UsageMeter.InputTokens => "input tokens",
            UsageMeter.CachedInputTokens => "cached input tokens",
            UsageMeter.OutputTokens => "output tokens",
            UsageMeter.Requests => "requests",
            _ => "device-seconds",
        };
        string units = rate.PackageSize == 1 ? meter : string.Create(CultureInfo.InvariantCulture, $"packages of {rate.PackageSize} {meter}");
        string tier = rate.Tiers.Count == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $", tier {slice.Tier + 1}");
        return $"{key.Model}: {units}{tier}{(slice.IsFee ? ", fee" : "")}{(key.Batch ? ", batch" : "")}";
    }

    private sealed class Group
    {
        public long Quantity { get; set; }

        public long AccruedNanos { get; set; }

        public List<RatedSlice> Booked { get; } = [];
    }
}
