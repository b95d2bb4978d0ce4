using CsCheck;
using Lazuli.Billing;
using Lazuli.Contracts;

namespace Lazuli.Platform.Tests;

public sealed class RatingTests
{
    private const long Unit = Money.NanosPerUnit;

    private static readonly Gen<PriceRate> s_graduated = GenRate(PriceScheme.Graduated);
    private static readonly Gen<PriceRate> s_volume = GenRate(PriceScheme.Volume);

    [Fact]
    public void Kill_Bills_example_over_all_tiers_is_739_4()
    {
        IReadOnlyList<RatedSlice> minutes = Rating.Rate(Minutes(PriceScheme.Graduated), 1500);
        IReadOnlyList<RatedSlice> megabytes = Rating.Rate(Megabytes(PriceScheme.Graduated), 2048);
        Assert.Equal([100 * Unit, 25 * Unit], minutes.Select(slice => slice.Nanos));
        Assert.Equal([512 * Unit, 1024 * Unit / 10], megabytes.Select(slice => slice.Nanos));
        Assert.Equal(739.4m, new Money(Rating.SumNanos(minutes.Concat(megabytes)), MoneyFixture.Euro).Units);
    }

    [Fact]
    public void Kill_Bills_example_at_the_top_tier_is_279_8()
    {
        long nanos = Rating.SumNanos(Rating.Rate(Minutes(PriceScheme.Volume), 1500)) + Rating.SumNanos(Rating.Rate(Megabytes(PriceScheme.Volume), 2048));
        Assert.Equal(279.8m, new Money(nanos, MoneyFixture.Euro).Units);
    }

    [Fact]
    public void Passing_a_volume_tier_reverses_what_was_booked_and_books_the_new_price()
    {
        PriceRate rate = Rate(PriceScheme.Volume, 1, new PriceTier(15, 10, 0), new PriceTier(null, 5, 0));
        IReadOnlyList<RatedSlice> booked = Rating.Rate(rate, 15);
        IReadOnlyList<RatedSlice> delta = Rating.Delta(booked, Rating.Rate(rate, 16));
        Assert.Equal([new RatedSlice(0, false, -15, 10, -150), new RatedSlice(1, false, 16, 5, 80)], delta);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 7)]
    [InlineData(1000, 7)]
    [InlineData(1001, 14)]
    public void A_begun_package_counts(long quantity, long nanos) =>
        Assert.Equal(nanos, Rating.SumNanos(Rating.Rate(Rate(PriceScheme.Package, 1000, new PriceTier(null, 7, 0)), quantity)));

    [Fact]
    public void A_tiers_fee_is_charged_once_when_it_is_entered()
    {
        PriceRate rate = Rate(PriceScheme.Graduated, 1, new PriceTier(10, 1, 100), new PriceTier(null, 2, 1000));
        Assert.Equal(110, Rating.SumNanos(Rating.Rate(rate, 10)));
        Assert.Equal(1112, Rating.SumNanos(Rating.Rate(rate, 11)));
        Assert.Equal(0, Rating.SumNanos(Rating.Rate(rate, 0)));
        Assert.Equal([new RatedSlice(1, true, 1, 1000, 1000), new RatedSlice(1, false, 1, 2, 2)], Rating.Delta(Rating.Rate(rate, 10), Rating.Rate(rate, 11)));
    }

    [Fact]
    public void The_batch_discount_is_exact() =>
        Assert.Equal(75 * 3, Rating.SumNanos(Rating.Rate(Rate(PriceScheme.PerUnit, 1, new PriceTier(null, 150, 0)), 3, 5000)));

    [Fact]
    public void A_negative_quantity_is_misuse_and_an_amount_beyond_64_bits_overflows()
    {
        PriceRate rate = Rate(PriceScheme.PerUnit, 1, new PriceTier(null, Unit, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Rating.Rate(rate, -1));
        Assert.Throws<OverflowException>(() => Rating.Rate(rate, long.MaxValue));
    }

    [Fact]
    public void A_million_tokens_and_one_across_tiers_cost_the_tiers_and_one_token() // 0.15 per million, then 0.10
    {
        PriceRate rate = Rate(PriceScheme.Graduated, 1, new PriceTier(1_000_000, 150, 0), new PriceTier(null, 100, 0));
        Assert.Equal(150_000_100, Rating.SumNanos(Rating.Rate(rate, 1_000_001)));
    }

    [Fact]
    public void Graduated_is_the_sum_over_every_unit() =>
        Gen.Select(s_graduated, Gen.Int[0, 400]).Sample((rate, quantity) =>
        {
            long count = (quantity + rate.PackageSize - 1) / rate.PackageSize;
            long expected = 0;
            int entered = -1;
            for (long unit = 1; unit <= count; unit++)
            {
                int tier = rate.Tiers.TakeWhile(candidate => candidate.UpTo < unit).Count();
                expected += rate.Tiers[tier].UnitNanos + (tier > entered ? rate.Tiers[tier].FeeNanos : 0);
                entered = tier;
            }

            Assert.Equal(expected, Rating.SumNanos(Rating.Rate(rate, quantity)));
        });

    [Fact]
    public void Graduated_never_falls_when_more_is_used() =>
        Gen.Select(s_graduated, Gen.Long[0, 1_000_000], Gen.Long[0, 1000]).Sample((rate, quantity, more) =>
            Assert.True(Rating.SumNanos(Rating.Rate(rate, quantity)) <= Rating.SumNanos(Rating.Rate(rate, quantity + more))));

    [Fact]
    public void Booking_differences_over_any_split_ends_at_rating_all_at_once() =>
        Gen.Select(Gen.OneOf(s_graduated, s_volume), Gen.Long[0, 500].Array[1, 8]).Sample((rate, parts) =>
        {
            var booked = new List<RatedSlice>();
            long reached = 0;
            foreach (long part in parts)
            {
                reached += part;
                booked.AddRange(Rating.Delta(booked, Rating.Rate(rate, reached)));
            }

            Assert.Equal(Rating.SumNanos(Rating.Rate(rate, reached)), Rating.SumNanos(booked));
            Assert.Empty(Rating.Delta(booked, Rating.Rate(rate, reached)));
        });

    private static PriceRate Minutes(PriceScheme scheme) => Rate(scheme, 10, new PriceTier(100, Unit, 0), new PriceTier(null, Unit / 2, 0));

    private static PriceRate Megabytes(PriceScheme scheme) => Rate(scheme, 1, new PriceTier(1024, Unit / 2, 0), new PriceTier(null, Unit / 10, 0));

    private static PriceRate Rate(PriceScheme scheme, long size, params PriceTier[] tiers) => new("*", UsageMeter.OutputTokens, scheme, size, tiers);

    private static Gen<PriceRate> GenRate(PriceScheme scheme) =>
        from size in Gen.Long[1, 5]
        from widths in Gen.Long[1, 60].Array[0, 4]
        from prices in Gen.Long[0, 1000].Array[5]
        from fees in Gen.Long[0, 50].Array[5]
        select Rate(scheme, size, [.. Enumerable.Range(0, widths.Length + 1).Select(i => new PriceTier(i < widths.Length ? widths.Take(i + 1).Sum() : null, prices[i], fees[i]))]);
}
