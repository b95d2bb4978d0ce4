using System.Globalization;
using Lazuli.Compute;

namespace Lazuli.Platform.Tests;

/// <summary>
/// Fits over Epoch's whole files, against the same fits computed apart from this program. The files are not in the repository: name a folder that
/// holds them in LAZULI_TEST_EPOCH_FILES (their digests tell them), or these tests say that they were skipped.
/// </summary>
public sealed class EpochFileTests
{
    private const string Folder = "LAZULI_TEST_EPOCH_FILES";

    private static readonly (FrontierRule Rule, double From, double To, double February, double FebruaryR2, int FebruaryCount, double January, double JanuaryR2, int JanuaryCount)[] s_table =
    [
        (FrontierRule.All, 1950, 2010, 20.6, .68, 54, 20.5, .69, 62),
        (FrontierRule.All, 2010, 2022.2, 5.94, .48, 258, 6.38, .50, 258),
        (FrontierRule.All, 2010, 2024.5, 5.67, .56, 377, 6.11, .56, 394),
        (FrontierRule.Records, 2012, 2018, 3.19, .91, 9, 3.48, .83, 9),
        (FrontierRule.Records, 2010, 2024.5, 5.74, .93, 16, 5.66, .94, 23),
        (FrontierRule.Records, 2018, 2026, 4.70, .94, 8, 4.94, .97, 17),
        (FrontierRule.Top10, 2012, 2018, 3.82, .79, 38, 4.55, .77, 39),
        (FrontierRule.Top10, 2010, 2024.5, 5.17, .94, 106, 5.25, .96, 114),
        (FrontierRule.Top10, 2018, 2026, 5.27, .91, 69, 5.33, .91, 77),
    ];

    [Fact]
    public void The_file_of_February_2025_gives_the_fits_computed_elsewhere()
    {
        ComputeDataSet file = Find("sha256:c94a4e13082f8f42b60e831ab6d604f3afe33fde54e9e0f3b751c997b3d4bf0c");
        Assert.Equal(895, file.Reading.Rows);
        Assert.All(s_table, r => AssertFit(file, r.Rule, r.From, r.To, r.February, r.FebruaryR2, r.FebruaryCount));
    }

    [Fact]
    public void The_file_of_January_2026_gives_the_fits_computed_elsewhere()
    {
        ComputeDataSet file = Find("sha256:365f2fccd7e946b2edabe1cf5bef48633f538b07fb0153acc41fac9869e3b787");
        Assert.Equal((976, 515), (file.Reading.Rows, file.Estimates.Count));
        Assert.All(s_table, r => AssertFit(file, r.Rule, r.From, r.To, r.January, r.JanuaryR2, r.JanuaryCount));
        Assert.Equal([131, 20], TrendThreshold.All.Take(2).Select(t => t.ReachedBy(file).Count));
        Assert.All(ComputeDataSets.BuiltIn(ComputeDataSets.Epoch).Estimates, e =>
        {
            ComputeEstimate same = file.Estimates.Single(f => f.System == e.System && f.Date == e.Date);
            Assert.Equal(same.Flop, e.Flop, same.Flop * 0.006); // three digits
            Assert.Equal(same.Confidence, e.Confidence);
        });
    }

    private static void AssertFit(ComputeDataSet file, FrontierRule rule, double from, double to, double months, double rSquared, int count)
    {
        TrendFit fit = Tables.Fit(file, new TrendQuery { Rule = rule, From = from, To = to });
        Assert.Equal(count, fit.Fitted.Count);
        Assert.Equal(rSquared, fit.RSquared, 0.0051);
        Assert.Equal(months, fit.DoublingMonths, months > 10 ? 0.1 : 0.01); // one unit of the last digit given
    }

    private static ComputeDataSet Find(string digest)
    {
        string? folder = Environment.GetEnvironmentVariable(Folder);
        ComputeDataSet? found = folder is null ? null : Directory.EnumerateFiles(folder, "*.csv").Select(f => ComputeDataSets.Import(f, ComputeScope.Direct)).FirstOrDefault(d => d.Digest == digest);
        Assert.SkipWhen(found is null, string.Create(CultureInfo.InvariantCulture, $"Epoch's file {digest[..19]} is not here: set {Folder} to a folder that holds it."));
        return found!;
    }
}
