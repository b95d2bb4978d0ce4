using Lazuli.Compute;

namespace Lazuli.Platform.Tests;

public sealed class OpenAiPointsTests
{
    private static readonly ComputeDataSet s_points = ComputeDataSets.BuiltIn(ComputeDataSets.OpenAi);
    private static readonly TrendQuery s_modern = new() { Rule = FrontierRule.All, From = 2012, To = 2018 };

    [Fact]
    public void A_petaflop_day_is_8_64e19_operations_exactly()
    {
        Assert.Equal(1e15 * 86_400, PetaflopDays.Operations);
        Assert.Equal(8.64e19, PetaflopDays.ToFlop(1));
        Assert.Equal(1860, PetaflopDays.FromFlop(PetaflopDays.ToFlop(1860)), 1e-9);
    }

    [Fact]
    public void The_fifteen_modern_points_double_every_3_34_months()
    {
        TrendFit fit = Tables.Fit(s_points, s_modern);
        Assert.Equal(15, fit.Fitted.Count);
        Assert.InRange(fit.DoublingMonths, 3.33, 3.35);
        Assert.Equal(0.79, fit.RSquared, 2);
        Assert.InRange(fit.DoublingMonths, fit.Interval!.Low, fit.Interval.High);
    }

    [Fact]
    public void Record_setters_alone_double_every_3_36_months() =>
        Assert.Equal(3.36, Tables.Fit(s_points, s_modern with { Rule = FrontierRule.Records }).DoublingMonths, 2);

    [Fact]
    public void Without_the_small_network_of_DQN_the_line_says_3_68()
    {
        ComputeDataSet without = s_points with { Estimates = [.. s_points.Estimates.Where(e => e.System != "DQN")] };
        TrendFit fit = Tables.Fit(without, s_modern);
        Assert.Equal(3.68, fit.DoublingMonths, 2);
        Assert.Equal(2.80, fit.Interval!.Low, 0.15); // quantiles of 1,000 resamples: another seed moves them so much
        Assert.Equal(4.73, fit.Interval.High, 0.15);
    }

    [Fact]
    public void From_AlexNet_to_AlphaGo_Zero_compute_grew_320_690_times()
    {
        var ends = new EndPoints(s_points.Find("AlexNet")!, s_points.Find("AlphaGo Zero")!);
        Assert.Equal(320_690, ends.Ratio, 1.0);
        Assert.Equal(60.6, ends.Months, 1);
        Assert.Equal(3.31, ends.DoublingMonths, 2);
        Assert.Equal(18.29, ends.Doublings, 2);
    }

    [Fact]
    public void Points_of_the_addendum_without_a_printed_value_are_left_out_and_counted()
    {
        Assert.Equal(16, s_points.Estimates.Count);
        Assert.Equal(10, s_points.Reading.WithoutCompute);
        Assert.Equal(8.0e-15, PetaflopDays.FromFlop(s_points.Find("Perceptron")!.Flop), 1e-16);
    }

    [Fact]
    public void Only_systems_that_played_against_themselves_are_marked_so() =>
        Assert.Equal(
            ["TI7 Dota 1v1", "AlphaGo Zero", "AlphaZero"],
            s_points.Estimates.Where(e => e.Scope == ComputeScope.IncludingGeneration).Select(e => e.System));
}
