using System.Globalization;
using System.Text;
using Lazuli.Compute;

namespace Lazuli.Platform.Tests;

/// <summary>Tables of estimates made for a test.</summary>
internal static class Tables
{
    public static ComputeDataSet Of(params (string System, string Date, double Flop)[] rows) => Of("made.csv", ComputeScope.Direct, rows);

    public static ComputeDataSet Of(string name, ComputeScope scope, params (string System, string Date, double Flop)[] rows) =>
        FromText("system,date,flop\n" + string.Concat(rows.Select(r => string.Create(CultureInfo.InvariantCulture, $"{r.System},{r.Date},{r.Flop:R}\n"))), name, scope);

    public static ComputeDataSet FromText(string text, string name = "made.csv", ComputeScope scope = ComputeScope.Direct)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("lazuli-trend-");
        try
        {
            string path = Path.Combine(folder.FullName, name);
            File.WriteAllBytes(path, Encoding.UTF8.GetBytes(text));
            return ComputeDataSets.Import(path, scope);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    public static TrendFit Fit(ComputeDataSet dataSet, TrendQuery query) => Assert.IsType<FitOutcome.Fitted>(TrendFitter.Fit(dataSet, query)).Fit;
}
