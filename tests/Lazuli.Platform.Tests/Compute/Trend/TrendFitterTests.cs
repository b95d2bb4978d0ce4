using CsCheck;
using Lazuli.Compute;

namespace Lazuli.Platform.Tests;

public sealed class TrendFitterTests
{
    private static readonly TrendQuery s_all = new() { Rule = FrontierRule.All };

    [Fact]
    public void A_line_without_noise_is_recovered_exactly()
    {
        TrendFit fit = Tables.Fit(Tables.Of([.. Enumerable.Range(0, 20).Select(i => ($"S{i}", $"{2000 + i}-01-01", 1e10 * Math.Pow(10, i)))]), s_all);
        Assert.Equal(12 * Math.Log10(2), fit.DoublingMonths, 1e-4);
        Assert.Equal(1, fit.RSquared, 1e-9);
        Assert.Equal(1, fit.FlopAt(2005) / 1e15, 1e-4);
    }

    [Fact]
    public void The_interval_covers_the_true_doubling_time_in_93_to_97_percent_of_trials()
    {
        const double TrueMonths = 5;
        const int Trials = 1_000;
        const int Systems = 60;
        var random = new Random(20260123);
        int covered = 0;
        double[] x = new double[Systems];
        double[] y = new double[Systems];
        for (int trial = 0; trial < Trials; trial++)
        {
            for (int i = 0; i < Systems; i++)
            {
                double normal = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
                x[i] = 2010 + (14 * random.NextDouble());
                y[i] = 17 + ((x[i] - 2010) * 12 * Math.Log10(2) / TrueMonths) + (0.7 * normal);
            }

            DoublingInterval interval = SlopeBootstrap.Run(x, y, s_all with { Seed = (ulong)trial, Resamples = 500 })!;
            covered += interval.Low <= TrueMonths && TrueMonths <= interval.High ? 1 : 0;
        }

        Assert.InRange(covered, 0.93 * Trials, 0.97 * Trials);
    }

    [Fact]
    public void Doubt_about_each_value_widens_the_interval()
    {
        ComputeDataSet points = Tables.Of([.. Enumerable.Range(0, 12).Select(i => ($"S{i}", $"{2000 + i}-01-01", 1e10 * Math.Pow(2, i)))]);
        DoublingInterval certain = Tables.Fit(points, s_all).Interval!;
        DoublingInterval doubted = Tables.Fit(points, s_all with { NoiseFactor = 2 }).Interval!;
        Assert.True(certain.High - certain.Low < 1e-2);
        Assert.True(doubted.High - doubted.Low > 0.5);
    }

    [Fact]
    public void A_seed_gives_one_interval_and_another_seed_another()
    {
        ComputeDataSet points = ComputeDataSets.BuiltIn(ComputeDataSets.OpenAi);
        TrendQuery query = new() { Rule = FrontierRule.All, From = 2012, To = 2018 };
        Assert.Equal(Tables.Fit(points, query).Interval, Tables.Fit(points, query).Interval);
        Assert.NotEqual(Tables.Fit(points, query).Interval, Tables.Fit(points, query with { Seed = 2 }).Interval);
    }

    [Fact]
    public void The_generator_gives_the_published_sequence()
    {
        // The first outputs of SplitMix64 for the seed 1234567, known from many implementations.
        var random = new ResampleRandom(1234567);
        Assert.Equal(6457827717110365317UL >> 11, (ulong)(random.Share() * (1UL << 53)));
        Assert.Equal(3203168211198807973UL >> 11, (ulong)(random.Share() * (1UL << 53)));
    }

    [Fact]
    public void Adding_a_later_table_changes_no_stored_result()
    {
        ComputeDataSet first = Tables.Of("v1.csv", ComputeScope.Direct, ("A", "2012-01-01", 1e18), ("B", "2013-01-01", 1e19), ("C", "2014-01-01", 3e19));
        TrendFit before = Tables.Fit(first, s_all);
        ComputeDataSet second = Tables.Of("v2.csv", ComputeScope.Direct, ("A", "2012-01-01", 1e18), ("B", "2013-01-01", 1e17), ("C", "2014-01-01", 3e19));
        Assert.NotEqual(first.Digest, second.Digest);
        Assert.NotEqual(before.Digest, Tables.Fit(second, s_all).Digest);
        TrendFit after = Tables.Fit(first, s_all);
        Assert.Equal((before.Digest, before.OrdersPerYear, before.Interval), (after.Digest, after.OrdersPerYear, after.Interval));
    }

    [Fact]
    public void Fewer_than_three_systems_make_no_line()
    {
        var not = Assert.IsType<FitOutcome.NotFitted>(TrendFitter.Fit(Tables.Of(("A", "2012-01-01", 1e18), ("B", "2013-01-01", 1e19)), s_all));
        Assert.Equal(2, not.Count);
        Assert.Contains("3 systems", not.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Systems_of_one_day_make_no_line()
    {
        var not = Assert.IsType<FitOutcome.NotFitted>(TrendFitter.Fit(Tables.Of(("A", "2012-01-01", 1e18), ("B", "2012-01-01", 1e19), ("C", "2012-01-01", 1e20)), s_all));
        Assert.Contains("one day", not.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Compute_that_shrinks_has_no_doubling_time()
    {
        TrendFit fit = Tables.Fit(Tables.Of(("A", "2012-01-01", 1e20), ("B", "2013-01-01", 1e19), ("C", "2014-01-01", 1e18), ("D", "2015-01-01", 1e17)), s_all);
        Assert.Equal(double.PositiveInfinity, fit.DoublingMonths);
        Assert.Equal(double.PositiveInfinity, fit.Interval!.High);
        Assert.Equal("∞", TrendFigures.Months(fit.DoublingMonths));
    }

    [Fact]
    public void A_window_that_ends_before_it_begins_is_refused() =>
        Assert.Throws<ArgumentException>(() => TrendFitter.Fit(ComputeDataSets.BuiltIn(ComputeDataSets.OpenAi), s_all with { From = 2018, To = 2012 }));

    [Fact]
    public void What_is_a_record_depends_on_where_history_begins()
    {
        ComputeDataSet epoch = ComputeDataSets.BuiltIn(ComputeDataSets.Epoch);
        TrendQuery records = new() { Rule = FrontierRule.Records, From = 2012, To = 2018 };
        Assert.DoesNotContain("AlexNet", Tables.Fit(epoch, records).Fitted.Select(e => e.System)); // SB-LM of 2007 took more
        Assert.Contains("AlexNet", Tables.Fit(epoch, records with { HistoryFrom = 2010 }).Fitted.Select(e => e.System));
    }

    [Fact]
    public void Records_of_one_day_count_from_the_smallest_up_whatever_the_order_of_lines()
    {
        ComputeDataSet dataSet = Tables.Of(("Big", "2012-01-01", 1e19), ("Small", "2012-01-01", 1e18), ("Next", "2013-01-01", 1e20));
        Assert.Equal(["Small", "Big", "Next"], Frontier.Select(dataSet.Estimates, FrontierRule.Records).Select(e => e.System));
    }

    [Fact]
    public void The_top_ten_rule_agrees_with_counting_who_was_larger_before() =>
        Gen.Double[1, 40].Array[1, 60].Sample(exponents =>
        {
            ComputeEstimate[] ordered = [.. EstimateTable.Ordered(exponents.Select((e, i) => new ComputeEstimate { System = $"S{i}", Date = new EstimateDate(new DateOnly(2000, 1, 1).AddDays(i / 2), DatePrecision.Day), Flop = Math.Pow(10, e) }))];
            IEnumerable<ComputeEstimate> counted = ordered.Where((e, i) => ordered[..i].Count(b => b.Flop > e.Flop) < 10);
            Assert.Equal(counted, Frontier.Select(ordered, FrontierRule.Top10));
        });

    [Theory]
    [InlineData("2012", 2012)]
    [InlineData("2022.2", 2022.2)]
    [InlineData("2012-01", 2012)]
    [InlineData("2013-07-02", 2013 + (182.0 / 365))]
    public void Moments_are_read_as_people_write_them(string text, double year)
    {
        Assert.True(TrendWindow.TryParse(text, out double read));
        Assert.Equal(year, read, 1e-12);
    }

    [Theory]
    [InlineData("")]
    [InlineData("12")]
    [InlineData("2012-13")]
    [InlineData("-2012")]
    [InlineData("1e3")]
    [InlineData("NaN")]
    [InlineData("soon")]
    public void Other_moments_are_not(string text) => Assert.False(TrendWindow.TryParse(text, out _));
}
