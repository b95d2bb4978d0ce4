using CsCheck;
using Lazuli.Billing;

namespace Lazuli.Platform.Tests;

public sealed class AllocationTests
{
    private const long Cent = 10_000_000;

    [Fact]
    public void Equal_remainders_go_to_the_earlier_part() => Assert.Equal([34L, 33, 33], Allocation.Split(100, [1, 1, 1]));

    [Fact]
    public void A_negative_total_has_the_opposite_parts() => Assert.Equal([-34L, -33, -33], Allocation.Split(-100, [1, 1, 1]));

    [Fact]
    public void A_weight_of_zero_gets_nothing() => Assert.Equal([0L, 7, 0], Allocation.Split(7, [0, 3, 0]));

    [Fact]
    public void The_largest_numbers_are_divided_exactly() =>
        Assert.Equal([long.MaxValue / 2 + 1, long.MaxValue / 2], Allocation.Split(long.MaxValue, [long.MaxValue, long.MaxValue]));

    [Fact]
    public void Weights_must_not_be_negative_or_all_zero()
    {
        Assert.Throws<ArgumentException>(() => Allocation.Split(1, [0, 0]));
        Assert.Throws<ArgumentException>(() => Allocation.Split(1, []));
        Assert.Throws<ArgumentOutOfRangeException>(() => Allocation.Split(1, [2, -1]));
    }

    [Fact]
    public void Parts_sum_to_the_total_and_lie_within_a_unit_of_their_share() =>
        Gen.Select(Gen.Long[-1_000_000_000_000, 1_000_000_000_000], Gen.Long[0, 1_000_000].Array[1, 20].Where(weights => weights.Any(weight => weight > 0))).Sample((total, weights) =>
        {
            long[] parts = Allocation.Split(total, weights);
            Assert.Equal(total, parts.Sum());
            decimal sum = weights.Sum();
            for (int i = 0; i < parts.Length; i++)
            {
                Assert.True(Math.Abs(parts[i] - (total * weights[i] / sum)) < 1);
            }
        });

    [Fact]
    public void Eighty_one_lines_lose_no_cent() // autumn #3407: rounded one by one, 81 lines of 100/81 make 99.63
    {
        long[] exact = Allocation.Split(100 * 100 * Cent, Enumerable.Repeat(1L, 81).ToArray());
        Assert.NotEqual(100 * 100 * Cent, exact.Sum(nanos => Allocation.Round(nanos, Cent)));
        Assert.Equal(100 * 100 * Cent, Allocation.Round(exact, Cent).Sum());
    }

    [Theory]
    [InlineData(5_000_000, 10_000_000)]
    [InlineData(4_999_999, 0)]
    [InlineData(-5_000_000, -10_000_000)]
    [InlineData(-4_999_999, 0)]
    [InlineData(19_999_999, 20_000_000)]
    public void Half_a_cent_is_rounded_away_from_zero_and_nothing_is_cut_off(long nanos, long rounded) => Assert.Equal(rounded, Allocation.Round(nanos, Cent)); // nango #7495

    [Fact]
    public void Rounded_lines_sum_to_the_rounded_sum_whatever_their_signs() =>
        Gen.Select(Gen.Long[-1_000_000_000_000, 1_000_000_000_000].Array[1, 40], Gen.Int[0, 3].Select(i => new[] { 1L, 1_000_000, Cent, 1_000_000_000 }[i])).Sample((nanos, unit) =>
        {
            long[] rounded = Allocation.Round(nanos, unit);
            Assert.Equal(Allocation.Round(nanos.Sum(), unit), rounded.Sum());
            for (int i = 0; i < rounded.Length; i++)
            {
                Assert.Equal(0, rounded[i] % unit);
                Assert.True(Math.Abs(rounded[i] - nanos[i]) < unit);
            }
        });

    [Fact]
    public void Rounding_gives_the_same_whenever_it_is_asked() =>
        Gen.Long[-1_000_000, 1_000_000].Array[1, 10].Sample(nanos => Assert.Equal(Allocation.Round(nanos, 1000), Allocation.Round(nanos.ToArray(), 1000)));
}
