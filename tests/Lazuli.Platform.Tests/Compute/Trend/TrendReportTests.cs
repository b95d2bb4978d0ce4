using Lazuli.Compute;

namespace Lazuli.Platform.Tests;

public sealed class TrendReportTests
{
    private static readonly DateOnly s_today = new(2026, 11, 23);

    [Fact]
    public void Every_claim_stands_under_its_name()
    {
        IReadOnlyList<TrendClaim> claims = ComputeTrend.Usual(s_today, []).Claims;
        TrendClaim Claim(string name) => Assert.Single(claims, c => c.Name == name);
        Assert.Equal((3.5, 300_000d, false), (Claim("text of May 2018").DoublingMonths, Claim("text of May 2018").Ratio, Claim("text of May 2018").IsComputed));
        Assert.Equal(3.4, Claim("later text").DoublingMonths);
        Assert.Equal(3.43, Claim("line of best fit").DoublingMonths);
        Assert.Equal(207_500, Claim("line of best fit").Ratio!.Value, 100.0); // the line is not the 300,000: the end points are
        Assert.Equal(3.34, Claim("our refit").DoublingMonths, 2);
        Assert.Equal(3.31, Claim("end points").DoublingMonths, 2);
        Assert.Equal(320_690, Claim("end points").Ratio!.Value, 1.0);
        Assert.Equal(1_381, Claim("end points in epoch-2026-01").Ratio!.Value, 1.0);
        Assert.Equal(5.7, Claim("Moore's law, 24 months").Ratio!.Value, 0.06);
        Assert.Equal(10.3, Claim("Moore's law, 18 months").Ratio!.Value, 0.05);
    }

    [Fact]
    public void What_was_foretold_for_today_follows_the_clock()
    {
        TrendProspect today = ComputeTrend.Usual(s_today, []).Prospect;
        Assert.Equal("Grok 4", today.Largest.System);
        Assert.InRange(today.ForetoldToday, 6e32, 6.3e32);
        Assert.InRange(today.MissedBy, 40_000, 48_000);
        TrendProspect later = ComputeTrend.Usual(s_today.AddMonths(7), []).Prospect;
        Assert.Equal(Math.Pow(2, 7 / 3.43), later.ForetoldToday / today.ForetoldToday, 0.1);
        Assert.Equal(today.ForetoldThen, later.ForetoldThen);
    }

    [Fact]
    public void Growth_from_2012_to_2018_did_not_last()
    {
        TrendReport report = ComputeTrend.Usual(s_today, []);
        TrendFit since = report.Outcomes.OfType<FitOutcome.Fitted>().Select(f => f.Fit).Single(f => f.DataSet == ComputeDataSets.Epoch && f.Query is { From: 2018, Rule: FrontierRule.Records });
        Assert.InRange(since.DoublingMonths, 4.7, 5.4);
        Assert.True(since.Interval!.Low > 3.5, "even the fastest plausible growth since 2018 is slower than the claim");
    }

    [Fact]
    public void A_window_that_was_asked_for_and_gives_no_line_says_why()
    {
        TrendReport report = ComputeTrend.Analyse(new TrendRequest { DataSets = [ComputeDataSets.BuiltIn(ComputeDataSets.OpenAi)], Today = s_today, From = 1950, To = 1960 });
        Assert.Empty(report.Drawn);
        Assert.All(report.Outcomes, o => Assert.Contains("1 in this window", Assert.IsType<FitOutcome.NotFitted>(o).Reason, StringComparison.Ordinal));
    }

    [Fact]
    public void A_small_run_is_told_how_many_times_more_AlexNet_took()
    {
        TrendComparison comparison = ComputeTrend.Compare(1e14);
        Assert.Equal(5_011, comparison.AlexNetTimesMore, 1.0);
        Assert.Equal("your run: 1.157e-6 petaflop/s-days; AlexNet (2012) took 5,011 times more", comparison.Sentence);
    }

    [Fact]
    public void A_large_run_is_told_how_many_AlexNets_it_is() =>
        Assert.Equal("your run: 1.157e+3 petaflop/s-days; that is 199,553 times AlexNet (2012)", ComputeTrend.Compare(1e23).Sentence);

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void A_run_without_compute_is_not_compared(double flop) => Assert.Throws<ArgumentOutOfRangeException>(() => ComputeTrend.Compare(flop));

    [Fact]
    public void Points_go_out_as_a_table_that_comes_back_in()
    {
        TrendReport report = ComputeTrend.Usual(s_today, [new TrendRun("=HYPERLINK(1), \"mine\"", s_today, 1e14, 2e14)]);
        using var text = new StringWriter();
        TrendCsv.Write(report, text);
        Assert.Contains("'=HYPERLINK", text.ToString(), StringComparison.Ordinal); // no formula runs in a spreadsheet
        ComputeDataSet back = Tables.FromText(text.ToString());
        Assert.Equal(16 + 81 + 1, back.Estimates.Count + back.Reading.Repeated);
        Assert.Equal(ComputeScope.IncludingGeneration, back.Estimates.Single(e => e.System == "AlphaGo Zero" && e.Flop > 1e23).Scope);
    }

    [Fact]
    public void Two_files_of_one_name_stay_apart_and_one_table_counts_once()
    {
        ComputeDataSet one = Tables.Of("mine.csv", ComputeScope.Direct, ("A", "2012-01-01", 1e18), ("B", "2013-01-01", 1e19), ("C", "2014-01-01", 1e20));
        ComputeDataSet two = Tables.Of("mine.csv", ComputeScope.Direct, ("A", "2012-01-01", 1e18), ("B", "2013-01-01", 1e20), ("C", "2014-01-01", 1e22));
        TrendReport report = ComputeTrend.Analyse(new TrendRequest { DataSets = [one, two, one], Today = s_today, Rule = FrontierRule.All, From = 2010 });
        Assert.Equal(["mine.csv", $"mine.csv ({two.Digest[7..13]})"], report.DataSets.Select(d => d.Name));
        Assert.Equal(report.DataSets.Select(d => d.Name), report.Drawn.Select(d => d.DataSet));
    }

    [Fact]
    public void The_line_before_2010_agrees_with_the_published_one()
    {
        PublishedTrend published = PublishedTrend.All[0];
        TrendFit ours = Tables.Fit(ComputeDataSets.BuiltIn(ComputeDataSets.Epoch), new TrendQuery { Rule = FrontierRule.All, To = 2010 });
        Assert.InRange(ours.DoublingMonths, published.Low, published.High);
    }

    [Fact]
    public void No_data_set_is_refused() =>
        Assert.Throws<ArgumentException>(() => ComputeTrend.Analyse(new TrendRequest { DataSets = [], Today = s_today }));
}
