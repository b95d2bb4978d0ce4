using CsCheck;
using Lazuli.Billing;

namespace Lazuli.Platform.Tests;

public sealed class ConcentrationTests
{
    [Theory]
    [InlineData(new long[] { 5 }, 10_000, 100)]
    [InlineData(new long[] { 1, 1, 1, 1 }, 2_500, 25)]
    [InlineData(new long[] { 3, 1 }, 6_250, 75)]
    [InlineData(new long[0], 0, 0)]
    [InlineData(new long[] { 0, 0 }, 0, 0)]
    public void Concentration_is_the_sum_of_squared_percentages(long[] uses, int index, int top) =>
        Assert.Equal((index, top), ((int)Concentration.HerfindahlHirschman(uses), (int)Concentration.TopPercent(uses)));

    [Fact]
    public void Concentration_lies_between_even_use_and_one_party_having_all() =>
        Gen.Long[0, 1_000_000].Array[1, 20].Where(uses => uses.Sum() > 0).Sample(uses =>
        {
            decimal index = Concentration.HerfindahlHirschman(uses);
            Assert.InRange(index, decimal.Round(10_000m / uses.Length, 2) - 0.01m, 10_000m);
        });
}
