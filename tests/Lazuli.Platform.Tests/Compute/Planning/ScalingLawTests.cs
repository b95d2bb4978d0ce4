using CsCheck;
using Lazuli.Compute;

namespace Lazuli.Platform.Tests;

public sealed class ScalingLawTests
{
    [Theory]
    [InlineData(1e15, 2.3e6, 71e6, 7.6)]
    [InlineData(1e16, 7.6e6, 219e6, 5.6)]
    [InlineData(1e17, 25e6, 674e6, 4.3)]
    [InlineData(1e18, 81e6, 2.07e9, 3.49)]
    [InlineData(1e20, 854e6, 19.5e9, 2.55)]
    [InlineData(5.76e23, 72e9, 1.33e12, 1.97)]
    public void The_published_refit_gives_its_known_optima(double flop, double parameters, double tokens, double loss)
    {
        (double n, double d) = ScalingLaw.Besiroglu.Optimum(flop);
        Assert.InRange(n / parameters, 0.97, 1.03);
        Assert.InRange(d / tokens, 0.97, 1.03);
        Assert.InRange(ScalingLaw.Besiroglu.Loss(n, d) / loss, 0.99, 1.01);
    }

    [Theory]
    [InlineData(1e18, 81e6, 2.07e9)]
    [InlineData(5.76e23, 32e9, 3.0e12)]
    public void The_rounded_constants_of_2022_give_theirs(double flop, double parameters, double tokens)
    {
        (double n, double d) = ScalingLaw.Hoffmann.Optimum(flop);
        Assert.InRange(n / parameters, 0.97, 1.03);
        Assert.InRange(d / tokens, 0.97, 1.03);
    }

    [Fact]
    public void No_other_split_of_the_same_operations_has_less_loss() =>
        Gen.Select(Gen.Double[14, 26], Gen.Double[-3, 3]).Sample((logFlop, logRatio) =>
        {
            double flop = Math.Pow(10, logFlop);
            (double n, double d) = ScalingLaw.Besiroglu.Optimum(flop);
            double other = n * Math.Exp(logRatio);
            return ScalingLaw.Besiroglu.Loss(other, flop / 6 / other) >= ScalingLaw.Besiroglu.Loss(n, d) - 1e-12
                && Math.Abs((ScalingLaw.Besiroglu.OptimalTokens(n) / d) - 1) < 1e-9;
        });

    [Fact]
    public void The_interval_holds_the_loss_and_widens_away_from_the_data()
    {
        LossForecast forecast = LossForecast.Published();
        (double near, double nearLow, double nearHigh) = forecast.Expect(1e9, 2e10);
        (double far, double farLow, double farHigh) = forecast.Expect(1e6, 2e7);
        Assert.InRange(near, nearLow, nearHigh);
        Assert.InRange(far, farLow, farHigh);
        Assert.InRange(nearHigh - nearLow, 0.08, 0.16); // four times the spread of E
        Assert.True(farHigh - farLow > 3 * (nearHigh - nearLow));
        Assert.Equal(forecast.Expect(1e9, 2e10), LossForecast.Published().Expect(1e9, 2e10));
    }
}
