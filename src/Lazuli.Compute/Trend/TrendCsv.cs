using System.Globalization;
using CsvHelper;

namespace Lazuli.Compute;

/// <summary>The points of a report as CSV, one row a system and table, then the viewer's own runs.</summary>
public static class TrendCsv
{
    private static readonly string[] s_headings = ["series", "digest", "system", "date", "flop", "petaflop_s_days", "method", "scope", "confidence", "record", "top10", "flop_by_time", "note"];

    /// <summary>Writes the headings and rows.</summary>
    public static void Write(TrendReport report, TextWriter to)
    {
        ArgumentNullException.ThrowIfNull(report);
        var options = new CsvWriterOptions { NewLine = "\n", Injection = CsvInjection.Escape }; // names come from outside: no formulas
        using CsvWriter csv = CsvWriter.Create(to, options, leaveOpen: true);
        csv.WriteRecord(s_headings);
        foreach (ComputeDataSet dataSet in report.DataSets)
        {
            var records = Frontier.Select(dataSet.Estimates, FrontierRule.Records).ToHashSet();
            var top = Frontier.Select(dataSet.Estimates, FrontierRule.Top10).ToHashSet();
            foreach (ComputeEstimate e in dataSet.Estimates)
            {
                csv.WriteRecord([dataSet.Name, dataSet.Digest, e.System, e.Date.ToString(), Number(e.Flop), Number(PetaflopDays.FromFlop(e.Flop)), Name(e.Method), Name(e.Scope), Name(e.Confidence), Flag(records.Contains(e)), Flag(top.Contains(e)), string.Empty, e.Note]);
            }
        }

        foreach (TrendRun run in report.Runs.Where(r => r.Flop is not null))
        {
            string day = run.Date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
            csv.WriteRecord(["own-runs", string.Empty, run.Name, day, Number(run.Flop!.Value), Number(PetaflopDays.FromFlop(run.Flop.Value)), run.FlopByCount is null ? "2" : "1", "direct", string.Empty, string.Empty, string.Empty, run.FlopByTime is { } time ? Number(time) : string.Empty, string.Empty]);
        }
    }

    private static string Number(double value) => value.ToString("g6", CultureInfo.InvariantCulture);

    private static string Flag(bool value) => value ? "1" : "0";

    private static string Name(EstimateMethod method) => method switch { EstimateMethod.Count => "1", EstimateMethod.Time => "2", EstimateMethod.Reported => "reported", EstimateMethod.Digitised => "digitised", _ => "unknown" };

    private static string Name(ComputeScope scope) => scope switch { ComputeScope.Direct => "direct", ComputeScope.IncludingGeneration => "including-generation", _ => "unknown" };

    private static string Name(EstimateConfidence confidence) => confidence switch { EstimateConfidence.Confident => "confident", EstimateConfidence.Likely => "likely", EstimateConfidence.Speculative => "speculative", _ => "unknown" };
}
