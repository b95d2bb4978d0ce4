using Lazuli.Compute;

namespace Lazuli.Platform.Tests;

public sealed class ComputeBudgetTests
{
    [Theory]
    [InlineData("0.02 pfs-days", 1.728e18)]
    [InlineData("0.02pfs-days", 1.728e18)]
    [InlineData("1 petaflop/s-day", 8.64e19)]
    [InlineData("1e18 FLOP", 1e18)]
    [InlineData(" 1.5E+20 flop ", 1.5e20)]
    public void Reads_a_number_and_its_unit(string text, double flop) =>
        Assert.Equal(flop, ComputeBudget.TryParse(text, out _)!.Flop, flop * 1e-12);

    [Theory]
    [InlineData("", "does not begin with a number")]
    [InlineData("ten pfs-days", "does not begin with a number")]
    [InlineData("NaN pfs-days", "does not begin with a number")]
    [InlineData("Infinity FLOP", "does not begin with a number")]
    [InlineData("1,5 pfs-days", "is no unit")]
    [InlineData("1.2.3 FLOP", "does not begin with a number")]
    [InlineData("0.02", "has no unit")]
    [InlineData("3 parsecs", "is no unit")]
    [InlineData("0 FLOP", "is not above 0")]
    [InlineData("-1 pfs-days", "is not above 0")]
    [InlineData("1e-30 pfs-days", "too little")]
    [InlineData("1e40 pfs-days", "more than")]
    [InlineData("1e400 FLOP", "more than")]
    public void Refuses_anything_else_with_the_reason(string text, string reason)
    {
        Assert.Null(ComputeBudget.TryParse(text, out string why));
        Assert.Contains(reason, why, StringComparison.Ordinal);
    }
}
