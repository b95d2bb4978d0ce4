namespace Lazuli.Billing;

/// <summary>Turns quantities into amounts. Pure; computes in <see cref="decimal"/>, where every product of a quantity and a price in use is exact.</summary>
internal static class Rating
{
    /// <summary>Rates a quantity of one period.</summary>
    /// <param name="rate">The price.</param>
    /// <param name="quantity">Units, not negative.</param>
    /// <param name="discountBasisPoints">Off unit prices, in hundredths of a percent; the plan was checked to leave whole nano-units.</param>
    /// <returns>Slices by tier, a tier's fee before its units; none for a quantity of zero.</returns>
    /// <exception cref="OverflowException">The amount is beyond 9.2 billion units of the currency.</exception>
    public static IReadOnlyList<RatedSlice> Rate(PriceRate rate, long quantity, int discountBasisPoints = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(quantity);
        var slices = new List<RatedSlice>();
        long count = (quantity / rate.PackageSize) + (quantity % rate.PackageSize > 0 ? 1 : 0);
        if (count == 0)
        {
            return slices;
        }

        if (rate.Scheme == PriceScheme.Volume)
        {
            int reached = 0;
            while (rate.Tiers[reached].UpTo < count)
            {
                reached++;
            }

            Add(slices, rate.Tiers[reached], reached, count, discountBasisPoints);
            return slices;
        }

        long before = 0;
        for (int tier = 0; tier < rate.Tiers.Count && count > before; tier++)
        {
            long end = Math.Min(rate.Tiers[tier].UpTo ?? long.MaxValue, count);
            Add(slices, rate.Tiers[tier], tier, end - before, discountBasisPoints);
            before = end;
        }

        return slices;
    }

    /// <summary>What slices amount to.</summary>
    public static long SumNanos(IEnumerable<RatedSlice> slices) => slices.Aggregate(0L, (sum, slice) => checked(sum + slice.Nanos));

    /// <summary>What has to be booked so that what was booked becomes what is rated now.</summary>
    /// <remarks>
    /// The quantity is rated as a whole since the period's begin and the difference is booked, so late and repeated ratings end at the same sum. Where
    /// a volume tier is passed, the old tier's slice comes back negative and the new one's whole: the reversal is seen, not hidden in a net amount.
    /// </remarks>
    public static IReadOnlyList<RatedSlice> Delta(IEnumerable<RatedSlice> booked, IEnumerable<RatedSlice> rated)
    {
        var change = new SortedDictionary<(int Tier, int Order, long UnitNanos), (long Quantity, long Nanos)>();
        foreach ((RatedSlice slice, int sign) in booked.Select(slice => (slice, -1)).Concat(rated.Select(slice => (slice, 1))))
        {
            (int, int, long) key = (slice.Tier, slice.IsFee ? 0 : 1, slice.UnitNanos);
            change.TryGetValue(key, out (long Quantity, long Nanos) sum);
            change[key] = (checked(sum.Quantity + (sign * slice.Quantity)), checked(sum.Nanos + (sign * slice.Nanos)));
        }

        return [.. change.Where(entry => entry.Value != (0, 0)).Select(entry =>
            new RatedSlice(entry.Key.Tier, entry.Key.Order == 0, entry.Value.Quantity, entry.Key.UnitNanos, entry.Value.Nanos))];
    }

    private static void Add(List<RatedSlice> slices, PriceTier tier, int index, long count, int discountBasisPoints)
    {
        if (tier.FeeNanos > 0)
        {
            slices.Add(new RatedSlice(index, true, 1, tier.FeeNanos, tier.FeeNanos));
        }

        decimal unitNanos = (decimal)tier.UnitNanos * (PricePlan.Whole - discountBasisPoints) / PricePlan.Whole;
        slices.Add(new RatedSlice(index, false, count, (long)unitNanos, (long)(count * unitNanos)));
    }
}
