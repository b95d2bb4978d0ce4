using Lazuli.Compute;

namespace Lazuli.Platform.Tests;

/// <summary>
/// Fits against the same fits computed apart from this program. The article's points are always at hand. Epoch's whole files are not in the
/// repository: a folder named in LAZULI_TEST_EPOCH_FILES adds those of its files whose digests are known here.
/// </summary>
public sealed class FitTableTests
{
    private const string OpenAi = "openai-2018";
    private const string February2025 = "sha256:c94a4e13082f8f42b60e831ab6d604f3afe33fde54e9e0f3b751c997b3d4bf0c";
    private const string January2026 = "sha256:365f2fccd7e946b2edabe1cf5bef48633f538b07fb0153acc41fac9869e3b787";

    private static readonly (string Table, FrontierRule Rule, double From, double To, double Months, double RSquared, int Count)[] s_expected =
    [
        (OpenAi, FrontierRule.All, 2012, 2018, 3.34, .79, 15),
        (OpenAi, FrontierRule.Records, 2012, 2018, 3.36, .91, 7),
        (February2025, FrontierRule.All, 1950, 2010, 20.6, .68, 54),
        (February2025, FrontierRule.All, 2010, 2022.2, 5.94, .48, 258),
        (February2025, FrontierRule.All, 2010, 2024.5, 5.67, .56, 377),
        (February2025, FrontierRule.Records, 2012, 2018, 3.19, .91, 9),
        (February2025, FrontierRule.Records, 2010, 2024.5, 5.74, .93, 16),
        (February2025, FrontierRule.Records, 2018, 2026, 4.70, .94, 8),
        (February2025, FrontierRule.Top10, 2012, 2018, 3.82, .79, 38),
        (February2025, FrontierRule.Top10, 2010, 2024.5, 5.17, .94, 106),
        (February2025, FrontierRule.Top10, 2018, 2026, 5.27, .91, 69),
        (January2026, FrontierRule.All, 1950, 2010, 20.5, .69, 62),
        (January2026, FrontierRule.All, 2010, 2022.2, 6.38, .50, 258),
        (January2026, FrontierRule.All, 2010, 2024.5, 6.11, .56, 394),
        (January2026, FrontierRule.Records, 2012, 2018, 3.48, .83, 9),
        (January2026, FrontierRule.Records, 2010, 2024.5, 5.66, .94, 23),
        (January2026, FrontierRule.Records, 2018, 2026, 4.94, .97, 17),
        (January2026, FrontierRule.Top10, 2012, 2018, 4.55, .77, 39),
        (January2026, FrontierRule.Top10, 2010, 2024.5, 5.25, .96, 114),
        (January2026, FrontierRule.Top10, 2018, 2026, 5.33, .91, 77),
    ];

    [Fact]
    public void Every_table_at_hand_gives_the_fits_computed_elsewhere()
    {
        Dictionary<string, ComputeDataSet> atHand = AtHand();
        Assert.All(s_expected.Where(e => atHand.ContainsKey(e.Table)), e =>
        {
            TrendFit fit = Tables.Fit(atHand[e.Table], new TrendQuery { Rule = e.Rule, From = e.From, To = e.To });
            Assert.Equal(e.Count, fit.Fitted.Count);
            Assert.Equal(e.RSquared, fit.RSquared, 0.0051);
            Assert.Equal(e.Months, fit.DoublingMonths, e.Months > 10 ? 0.1 : 0.01); // one unit of the last digit given
        });
        if (atHand.TryGetValue(January2026, out ComputeDataSet? whole))
        {
            AssertTheRowsCarriedAreRowsOf(whole);
        }
    }

    private static void AssertTheRowsCarriedAreRowsOf(ComputeDataSet whole)
    {
        Assert.Equal((976, 515), (whole.Reading.Rows, whole.Estimates.Count));
        Assert.Equal([131, 20], TrendThreshold.All.Take(2).Select(t => t.ReachedBy(whole).Count));
        Assert.All(ComputeDataSets.BuiltIn(ComputeDataSets.Epoch).Estimates, e =>
        {
            ComputeEstimate same = whole.Estimates.Single(f => f.System == e.System && f.Date == e.Date);
            Assert.Equal(same.Flop, e.Flop, same.Flop * 0.006); // three digits
            Assert.Equal(same.Confidence, e.Confidence);
        });
    }

    private static Dictionary<string, ComputeDataSet> AtHand()
    {
        var tables = new Dictionary<string, ComputeDataSet>(StringComparer.Ordinal) { [OpenAi] = ComputeDataSets.BuiltIn(ComputeDataSets.OpenAi) };
        if (Environment.GetEnvironmentVariable("LAZULI_TEST_EPOCH_FILES") is { Length: > 0 } folder)
        {
            foreach (ComputeDataSet file in Directory.EnumerateFiles(folder, "*.csv").Select(f => ComputeDataSets.Import(f, ComputeScope.Direct)))
            {
                tables[file.Digest] = file;
            }
        }

        return tables;
    }
}
