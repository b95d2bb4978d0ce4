using Lazuli.Compute;

namespace Lazuli.Cli;

/// <summary>The trend as one JSON document. Doubling times without growth are null, since JSON has no infinity.</summary>
internal static class TrendDocument
{
    public static object Of(TrendReport report) => new
    {
        today = report.Today,
        dataSets = report.DataSets.Select(d => new { d.Name, d.Title, d.Digest, d.Source, d.Licence, d.Attribution, d.Retrieved, scope = TrendFigures.Scope(d.Scope), d.ScopeRule, d.Selection, estimates = d.Estimates.Count, d.Reading }),
        fits = report.Outcomes.Select(o => o is FitOutcome.Fitted fitted ? Fit(fitted.Fit) : NotFitted((FitOutcome.NotFitted)o)),
        claims = report.Claims.Select(c => new { c.Name, doublingMonths = Finite(c.DoublingMonths), ratio = c.Ratio, c.IsComputed, c.Definition }),
        published = report.Published,
        prospect = Prospect(report.Prospect),
        thresholds = TrendThreshold.All.Select(t => new { t.Flop, t.Name, reached = report.DataSets.Select(d => new { dataSet = d.Name, count = t.ReachedBy(d).Count }) }),
        differences = report.Differences,
        runs = report.Runs.Select(r => new { r.Name, r.Date, r.FlopByCount, r.FlopByTime, timeOverCount = r.Ratio, petaflopDays = PetaflopDays.FromFlop(r.Flop!.Value), alexNetTimesMore = ComputeTrend.Compare(r.Flop.Value).AlexNetTimesMore }),
        warnings = report.Warnings,
        definitions = TrendDefinitions.Lines,
    };

    private static object Fit(TrendFit fit) => new
    {
        fit.DataSet,
        fit.Digest,
        rule = TrendFigures.Rule(fit.Query.Rule),
        fit.Query.From,
        fit.Query.To,
        fit.Query.HistoryFrom,
        fit.Query.NoiseFactor,
        fit.Query.Seed,
        count = fit.Fitted.Count,
        doublingMonths = Finite(fit.DoublingMonths),
        interval = fit.Interval is { } i ? new { low = Finite(i.Low), median = Finite(i.Median), high = Finite(i.High), i.Resamples } : null,
        fit.OrdersPerYear,
        fit.RSquared,
        endPoints = new { from = fit.Ends.From.System, to = fit.Ends.To.System, fit.Ends.Ratio, doublingMonths = Finite(fit.Ends.DoublingMonths) },
    };

    private static object NotFitted(FitOutcome.NotFitted not) => new
    {
        not.DataSet,
        rule = TrendFigures.Rule(not.Query.Rule),
        not.Query.From,
        not.Query.To,
        count = not.Count,
        not.Reason,
    };

    private static object Prospect(TrendProspect p) => new
    {
        doublingMonths = 3.43,
        from = System(p.From),
        mooreFrom = System(p.MooreFrom),
        largest = System(p.Largest),
        p.LargestFrom,
        p.ForetoldToday,
        p.ForetoldThen,
        p.MissedBy,
        p.Moore24Today,
        p.Moore18Today,
    };

    private static object System(ComputeEstimate estimate) => new { name = estimate.System, date = estimate.Date.ToString(), estimate.Flop };

    private static double? Finite(double value) => double.IsFinite(value) ? value : null;
}
