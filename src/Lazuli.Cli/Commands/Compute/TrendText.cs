using System.Globalization;
using Lazuli.Compute;

namespace Lazuli.Cli;

/// <summary>The trend as tables for people.</summary>
internal static class TrendText
{
    private static readonly CultureInfo s_invariant = CultureInfo.InvariantCulture;

    public static void Write(Terminal terminal, TrendReport report)
    {
        WriteFits(terminal, report);
        WriteClaims(terminal, report.Claims);
        WritePublished(terminal, report.Published);
        WriteProspect(terminal, report);
        WriteThresholds(terminal, report);
        WriteDifferences(terminal, report);
        WriteRuns(terminal, report);
        WriteSources(terminal, report);
        WriteDefinitions(terminal);
    }

    private static void WriteFits(Terminal terminal, TrendReport report)
    {
        terminal.Data.WriteLine("doubling times by least squares");
        terminal.WriteTable(
            ["data set", "scope", "window", "rule", "n", "months", "95 %", "OOM/year", "R²", "ratio", "ratio's months", "from … to"],
            report.Outcomes.Select(o => o is FitOutcome.Fitted fitted ? Cells(fitted.Fit) : Cells((FitOutcome.NotFitted)o)));
        foreach (string warning in report.Warnings)
        {
            terminal.Data.WriteLine("note: " + warning);
        }
    }

    private static string[] Cells(TrendFit fit) =>
    [
        fit.DataSet,
        TrendFigures.Scope(fit.Scope),
        TrendFigures.Window(fit.Query),
        TrendFigures.Rule(fit.Query.Rule),
        fit.Fitted.Count.ToString(s_invariant),
        TrendFigures.Months(fit.DoublingMonths),
        TrendFigures.Interval(fit.Interval),
        fit.OrdersPerYear.ToString("0.00", s_invariant),
        fit.RSquared.ToString("0.00", s_invariant),
        TrendFigures.Times(fit.Ends.Ratio),
        TrendFigures.Months(fit.Ends.DoublingMonths),
        $"{fit.Ends.From.System} … {fit.Ends.To.System}",
    ];

    private static string[] Cells(FitOutcome.NotFitted not) =>
        [not.DataSet, "", TrendFigures.Window(not.Query), TrendFigures.Rule(not.Query.Rule), not.Count.ToString(s_invariant), "-", "-", "-", "-", "-", "-", not.Reason];

    private static void WriteClaims(Terminal terminal, IReadOnlyList<TrendClaim> claims)
    {
        terminal.Data.WriteLine();
        terminal.Data.WriteLine("what is said of 2012 to 2018");
        terminal.WriteTable(
            ["claim", "months", "growth (times)", "kind"],
            claims.Select(c => new[] { c.Name, TrendFigures.Months(c.DoublingMonths), c.Ratio is { } ratio ? TrendFigures.Times(ratio) : "-", c.IsComputed ? "computed here" : "quoted" }));
        foreach (TrendClaim claim in claims)
        {
            terminal.Data.WriteLine($"  {claim.Name}: {claim.Definition}");
        }
    }

    private static void WritePublished(Terminal terminal, IReadOnlyList<PublishedTrend> published)
    {
        terminal.Data.WriteLine();
        terminal.Data.WriteLine("what others found (months of 30 days)");
        terminal.WriteTable(
            ["systems", "n", "months", "95 %", "source"],
            published.Select(p => new[] { p.Systems, p.Count.ToString(s_invariant), p.DoublingMonths.ToString("0.0", s_invariant), string.Create(s_invariant, $"[{p.Low:0.0}; {p.High:0.0}]"), p.Source }));
    }

    private static void WriteProspect(Terminal terminal, TrendReport report)
    {
        TrendProspect p = report.Prospect;
        terminal.Data.WriteLine();
        terminal.Data.WriteLine("what was foretold, and what happened (FLOP)");
        string today = report.Today.ToString("yyyy-MM-dd", s_invariant);
        terminal.WriteTable(
            ["", "FLOP", "on"],
            [
                [$"3.43 months carried on from {p.From.System}", TrendFigures.Flop(p.ForetoldToday), today],
                ["the same", TrendFigures.Flop(p.ForetoldThen), p.Largest.Date.ToString()],
                [$"the largest training known: {p.Largest.System} ({p.LargestFrom})", TrendFigures.Flop(p.Largest.Flop), p.Largest.Date.ToString()],
                [$"Moore's law, 24 months, from {p.MooreFrom.System}", TrendFigures.Flop(p.Moore24Today), today],
                [$"Moore's law, 18 months, from {p.MooreFrom.System}", TrendFigures.Flop(p.Moore18Today), today],
            ]);
        terminal.Data.WriteLine($"3.43 months did not last: it foretold {TrendFigures.Times(p.MissedBy)} times what {p.Largest.System} took.");
    }

    private static void WriteThresholds(Terminal terminal, TrendReport report)
    {
        terminal.Data.WriteLine();
        terminal.Data.WriteLine("systems at or above the thresholds that policy has used");
        terminal.WriteTable(
            ["FLOP", "rule", .. report.DataSets.Select(d => d.Name), "first"],
            TrendThreshold.All.Select(t => (string[])
            [
                t.Flop.ToString("0e+0", s_invariant),
                t.Name,
                .. report.DataSets.Select(d => t.ReachedBy(d).Count.ToString(s_invariant)),
                report.DataSets.SelectMany(t.ReachedBy).MinBy(e => e.Date.Day) is { } first ? $"{first.System}, {first.Date}" : "-",
            ]));
    }

    private static void WriteDifferences(Terminal terminal, TrendReport report)
    {
        if (report.Differences is not { Count: > 0 } differences)
        {
            return;
        }

        terminal.Data.WriteLine();
        terminal.Data.WriteLine("systems that the two data sets give different compute, by a factor of 2 or more (FLOP)");
        terminal.WriteTable(
            ["system", report.DataSets[0].Name, report.DataSets[1].Name, "factor"],
            differences.Select(d => new[] { d.System, TrendFigures.Flop(d.One), TrendFigures.Flop(d.Other), TrendFigures.Times(d.Factor) }));
    }

    private static void WriteRuns(Terminal terminal, TrendReport report)
    {
        terminal.Data.WriteLine();
        if (report.Runs.Count == 0)
        {
            terminal.Data.WriteLine("your runs: none yet; 'lazuli train' or 'lazuli quickstart' makes one");
            return;
        }

        terminal.Data.WriteLine("your runs");
        terminal.WriteTable(
            ["run", "date", "FLOP by count", "FLOP by time", "time/count", "pfs-days", "AlexNet took (times more)"],
            report.Runs.Select(r => new[]
            {
                r.Name,
                r.Date.ToString("yyyy-MM-dd", s_invariant),
                r.FlopByCount is { } count ? TrendFigures.Flop(count) : "-",
                r.FlopByTime is { } time ? TrendFigures.Flop(time) : "-",
                r.Ratio?.ToString("0.00", s_invariant) ?? "-",
                PetaflopDays.FromFlop(r.Flop!.Value).ToString("0.00e+0", s_invariant),
                TrendFigures.Times(ComputeTrend.Compare(r.Flop.Value).AlexNetTimesMore),
            }));
    }

    private static void WriteSources(Terminal terminal, TrendReport report)
    {
        terminal.Data.WriteLine();
        terminal.Data.WriteLine("sources");
        foreach (ComputeDataSet d in report.DataSets)
        {
            terminal.Data.WriteLine($"  {d.Name} ({d.Digest}): {d.Source}. Licence: {d.Licence}.");
            terminal.Data.WriteLine($"    counts: {d.ScopeRule}");
            terminal.Data.WriteLine($"    rows: {d.Selection}");
            TableReading r = d.Reading;
            terminal.Data.WriteLine(string.Create(
                s_invariant,
                $"    read: {d.Estimates.Count} of {r.Rows} rows; left out: {r.WithoutCompute} without compute, {r.WithoutDate} without a date, {r.Repeated} repeated; kept: {r.SharedNames} with a name that others share, {r.CoarseDates} dated to a month or year"));
        }
    }

    private static void WriteDefinitions(Terminal terminal)
    {
        terminal.Data.WriteLine();
        terminal.Data.WriteLine("definitions");
        foreach (string line in TrendDefinitions.Lines)
        {
            terminal.Data.WriteLine("  " + line);
        }
    }
}
