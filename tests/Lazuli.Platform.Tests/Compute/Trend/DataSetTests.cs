using Lazuli.Compute;

namespace Lazuli.Platform.Tests;

public sealed class DataSetTests
{
    [Fact]
    public void Every_built_in_table_says_where_it_is_from_and_on_what_terms()
    {
        foreach (ComputeDataSet dataSet in ComputeDataSets.Names.Select(ComputeDataSets.BuiltIn))
        {
            Assert.NotEmpty(dataSet.Source);
            Assert.NotEmpty(dataSet.Attribution);
            Assert.NotEmpty(dataSet.ScopeRule);
            Assert.NotNull(dataSet.Retrieved);
            Assert.StartsWith("sha256:", dataSet.Digest, StringComparison.Ordinal);
            Assert.NotEqual(ComputeScope.Unknown, dataSet.Scope);
        }

        Assert.Contains("CC BY 4.0", ComputeDataSets.BuiltIn(ComputeDataSets.Epoch).Attribution, StringComparison.Ordinal);
    }

    [Fact]
    public void Epochs_rows_go_from_1957_to_2025()
    {
        ComputeDataSet epoch = ComputeDataSets.BuiltIn(ComputeDataSets.Epoch);
        Assert.Equal(81, epoch.Estimates.Count);
        Assert.Equal("Perceptron Mark I", epoch.Estimates[0].System);
        Assert.Equal("Grok 4", epoch.Estimates[^1].System);
        Assert.Equal(["AlphaStar", "GPT-4 (Mar 2023)", "Grok 3"], TrendThreshold.All.Select(t => t.ReachedBy(epoch)[0].System));
    }

    [Fact]
    public void An_unknown_name_is_refused_with_those_there_are()
    {
        var refused = Assert.Throws<ArgumentException>(() => ComputeDataSets.BuiltIn("epoch-latest"));
        Assert.Contains("openai-2018, epoch-2026-01", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Tables_that_count_different_things_are_not_joined()
    {
        ComputeDataSet openAi = ComputeDataSets.BuiltIn(ComputeDataSets.OpenAi);
        ComputeDataSet epoch = ComputeDataSets.BuiltIn(ComputeDataSets.Epoch);
        var refused = Assert.Throws<TrendScopeException>(() => openAi.JoinedWith(epoch));
        Assert.Contains("AlphaGo Zero is 1.61e+23 FLOP in the one and 6.49e+20 in the other", refused.Message, StringComparison.Ordinal);
        TrendReport both = ComputeTrend.Usual(new DateOnly(2026, 11, 23), []);
        Assert.Contains(refused.Message, both.Warnings);
        Assert.All(both.Drawn, f => Assert.Single(both.DataSets, d => d.Digest == f.Digest));
    }

    [Fact]
    public void Tables_whose_scope_nobody_told_are_not_joined()
    {
        ComputeDataSet one = Tables.Of("one.csv", ComputeScope.Unknown, ("A", "2012-01-01", 1e18));
        Assert.Throws<TrendScopeException>(() => one.JoinedWith(Tables.Of("two.csv", ComputeScope.Unknown, ("B", "2013-01-01", 1e19))));
    }

    [Fact]
    public void Tables_of_one_scope_are_joined_in_order_of_date()
    {
        ComputeDataSet joined = Tables.Of("one.csv", ComputeScope.Direct, ("A", "2012-01-01", 1e18), ("C", "2014-01-01", 1e20))
            .JoinedWith(Tables.Of("two.csv", ComputeScope.Direct, ("B", "2013-01-01", 1e19)));
        Assert.Equal(["A", "B", "C"], joined.Estimates.Select(e => e.System));
    }

    [Fact]
    public void The_newest_table_does_not_say_300_000_times()
    {
        ComputeDataSet epoch = ComputeDataSets.BuiltIn(ComputeDataSets.Epoch);
        Assert.Equal(1_380, new EndPoints(epoch.Find("AlexNet")!, epoch.Find("AlphaGo Zero")!).Ratio, 2.0);
    }

    [Fact]
    public void Differences_name_what_two_tables_disagree_on()
    {
        IReadOnlyList<TableDifference> differences = TableDifference.Between(ComputeDataSets.BuiltIn(ComputeDataSets.OpenAi), ComputeDataSets.BuiltIn(ComputeDataSets.Epoch));
        Assert.Equal(["AlphaZero", "AlphaGo Zero"], differences.Select(d => d.System));
        Assert.Equal(248, differences[1].Factor, 0.5);
    }
}
