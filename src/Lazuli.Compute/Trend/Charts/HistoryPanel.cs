using System.Globalization;

namespace Lazuli.Compute;

/// <summary>The large panel: every system from the first to today, the fitted lines, Moore's law, thresholds, the forecast that failed, and own runs.</summary>
internal sealed class HistoryPanel(TrendReport report, PlotFrame frame)
{
    private const double Radius = 3.8;
    private const double LabelledBelow = 1e25;
    private const double CrowdedRadius = 2.7;
    private const int Crowd = 250;
    private const double RunRadius = 5.5;
    private const double ForetoldGap = 48; // clear of the line, which leans away below its end
    private const int MostLabels = 46;
    private const int MostRunLabels = 3;
    private static readonly Stroke s_threshold = new(Ink.LightGrey, 1, [2, 4]);
    private static readonly Stroke s_moore = new(Ink.Grey, 1.2, [9, 5]);
    private static readonly Stroke s_foretold = new(Ink.Orange, 2, [3, 3]);

    private static readonly (double From, string Name)[] s_eras = [(1900, "before deep learning"), (2010, "deep\nlearning"), (2015.67, "large scale")];

    // Labelled before others, since most readers look for them.
    private static readonly string[] s_known =
    [
        "AlexNet", "AlphaGo Zero", "GPT-4 (Mar 2023)", "GPT-3 175B (davinci)", "Perceptron Mark I", "Grok 4", "Transformer", "LSTM", "LeNet-5", "NetTalk (transcription)", "BERT-Large",
        "ADALINE", "Neocognitron", "TD-Gammon", "PaLM (540B)", "DQN", "AlphaZero", "GPT-1", "GPT-2 (1.5B)", "DeepSeek-V3", "Word2Vec (large)", "SB-LM",
    ];

    private static readonly double[] s_lineShares = [0.5, 0.35, 0.65, 0.2, 0.8];

    private readonly LabelPlacer _labels = new(frame);
    private readonly double _radius = report.DataSets.Sum(d => d.Estimates.Count) > Crowd ? CrowdedRadius : Radius;
    private readonly List<(double X, double Y, string Text)> _mooreEnds = [];

    /// <summary>The frame that holds everything a report has to show.</summary>
    public static PlotFrame FrameFor(TrendReport report, double left, double top, double right, double bottom)
    {
        double[] exponents =
        [
            .. report.DataSets.SelectMany(d => d.Estimates).Select(e => Math.Log10(e.Flop)),
            .. report.Runs.SelectMany(r => new[] { r.FlopByCount, r.FlopByTime }).Where(f => f is > 0 and < double.PositiveInfinity).Select(f => Math.Log10(f!.Value)),
            Math.Log10(report.Prospect.ForetoldToday),
        ];
        double today = EstimateDate.DecimalYearOf(report.Today);
        double first = Math.Min(1957, report.DataSets.SelectMany(d => d.Estimates).Min(e => e.Date.DecimalYear));
        return new PlotFrame(left, top, right, bottom, Math.Floor(first) - 2, today + 6.5, Math.Floor(exponents.Min()) - 1, Math.Ceiling(exponents.Max()) + 2);
    }

    public void Draw(IDrawing drawing)
    {
        PlotAxes.Bands(drawing, frame, [.. s_eras, (EstimateDate.DecimalYearOf(report.Today), string.Empty)]);
        PlotAxes.Grid(drawing, frame, everyDecades: 3, everyYears: 10, hasPetaflopDays: true);
        drawing.Text(frame.Left - 50, frame.Top - 10, "FLOP", new TextStyle(12, Ink.Grey, IsBold: true));
        drawing.Text(frame.Right + 62, frame.Top - 10, "petaflop/s-days", new TextStyle(12, Ink.Grey, IsBold: true, Align: 1));
        Thresholds(drawing);
        Moore(drawing);
        Foretold(drawing);
        foreach (TrendFit fit in report.Drawn)
        {
            Fit(drawing, fit);
        }

        Points(drawing);
        Runs(drawing);
        LineLabels(drawing);
        PointLabels(drawing);
    }

    /// <summary>Where Moore's law begins: the first system of the window that was asked for, or of all.</summary>
    public static ComputeEstimate MooreStart(TrendReport report) =>
        report.Drawn.FirstOrDefault(f => f.Query.From is not null && report.Drawn.All(other => other.Query.From == f.Query.From))?.Fitted[0]
            ?? report.DataSets.SelectMany(d => d.Estimates).MinBy(e => e.Date.Day)!;

    private void Thresholds(IDrawing drawing)
    {
        foreach (TrendThreshold threshold in TrendThreshold.All)
        {
            double exponent = Math.Log10(threshold.Flop);
            double y = frame.Y(exponent);
            string name = $"{PlotAxes.PowerOfTen((int)Math.Round(exponent))} FLOP: {threshold.Name}";
            drawing.Line(frame.Left, y, frame.Right, y, s_threshold);
            double above = threshold.Flop == LabelledBelow ? 13 : -4; // the two upper ones stand close: one label above its line, one below
            drawing.Text(frame.Left + 8, y + above, name, new TextStyle(11, Ink.Grey, HasHalo: true));
            double width = ChartFont.Measure(name, 11, isBold: false);
            _labels.AvoidBox(frame.Left + 8, y + above - 10, frame.Left + 8 + width, y + above + 3);
        }
    }

    private void Moore(IDrawing drawing)
    {
        ComputeEstimate start = MooreStart(report);
        double today = EstimateDate.DecimalYearOf(report.Today);
        foreach (double months in new[] { TrendClaims.MooreLong, TrendClaims.MooreShort })
        {
            if (Line(drawing, start.Date.DecimalYear, today, year => Math.Log10(start.Flop * DoublingTime.Growth(year - start.Date.DecimalYear, months)), s_moore) is { } end)
            {
                _mooreEnds.Add((end.X, end.Y, string.Create(CultureInfo.InvariantCulture, $"Moore {months:0} mo.")));
            }
        }
    }

    private void Foretold(IDrawing drawing)
    {
        TrendProspect prospect = report.Prospect;
        double today = EstimateDate.DecimalYearOf(report.Today);
        double from = prospect.From.Date.DecimalYear;
        if (Line(drawing, from, today, year => Math.Log10(prospect.From.Flop * DoublingTime.Growth(year - from, TrendClaims.BestFit)), s_foretold) is { } end)
        {
            (string Text, bool IsBold)[] lines =
            [
                ($"3.43 months carried on to today: {TrendFigures.Flop(prospect.ForetoldToday)}", true),
                ($"largest known: {prospect.Largest.System}, {TrendFigures.Flop(prospect.Largest.Flop)}, {TrendFigures.Times(prospect.MissedBy)} times less", false),
                ("than that line foretold for its day", false),
            ];
            double y = Math.Max(end.Y, frame.Top + 50);
            foreach ((string text, bool isBold) in lines)
            {
                drawing.Text(end.X - ForetoldGap, y, text, new TextStyle(12, Ink.Black, isBold, Align: 1, HasHalo: true));
                _labels.AvoidBox(end.X - ForetoldGap - ChartFont.Measure(text, 12, isBold), y - 11, end.X - ForetoldGap, y + 4);
                y += 16;
            }
        }
    }

    private void Fit(IDrawing drawing, TrendFit fit)
    {
        string colour = ColourOf(fit.DataSet);
        double from = fit.Fitted[0].Date.DecimalYear;
        double to = fit.Fitted[^1].Date.DecimalYear;
        if (fit.Interval is { } interval)
        {
            (double X, double Y) Corner(double year, double months) => (frame.X(year), frame.Y(fit.MeanLog10Flop + ((year - fit.MeanYear) * SlopeOf(months))));
            (double X, double Y) centre = Corner(fit.MeanYear, interval.Low);
            drawing.Polygon([centre, Corner(to, interval.Low), Corner(to, interval.High)], colour, 0.16);
            drawing.Polygon([centre, Corner(from, interval.Low), Corner(from, interval.High)], colour, 0.16);
        }

        Line(drawing, from, to, year => Math.Log10(fit.FlopAt(year)), new Stroke(colour, 2.2));
    }

    private void Points(IDrawing drawing)
    {
        for (int i = report.DataSets.Count - 1; i >= 0; i--) // the first table on top
        {
            (string colour, MarkerShape shape) = Ink.Series(report.DataSets[i].Name, i);
            foreach (ComputeEstimate e in report.DataSets[i].Estimates)
            {
                (double x, double y) = frame.At(e.Date.DecimalYear, e.Flop);
                drawing.Marker(shape, x, y, _radius, Ink.Fill(e, colour), colour);
                _labels.Avoid(x, y, _radius);
            }
        }
    }

    private void Runs(IDrawing drawing)
    {
        var bar = new Stroke(Ink.Black, 1.4);
        foreach (TrendRun run in report.Runs.Where(r => r.Flop is not null))
        {
            (double x, double y) = frame.At(EstimateDate.DecimalYearOf(run.Date), run.Flop!.Value);
            if (run.Ratio is not null)
            {
                double other = frame.Y(Math.Log10(run.FlopByTime!.Value));
                drawing.Line(x, y, x, other, bar);
                drawing.Line(x - 4, other, x + 4, other, bar);
            }

            drawing.Marker(MarkerShape.Diamond, x, y, RunRadius, Ink.Purple, Ink.Black);
            _labels.Avoid(x, y, RunRadius + 1);
        }

        foreach (TrendRun run in report.Runs.Where(r => r.Flop is not null).OrderByDescending(r => r.Flop).Take(MostRunLabels))
        {
            (double x, double y) = frame.At(EstimateDate.DecimalYearOf(run.Date), run.Flop!.Value);
            _labels.TryLabel(drawing, x, y, $"your run {run.Name}", new TextStyle(12, Ink.Black, IsBold: true));
        }
    }

    private void LineLabels(IDrawing drawing)
    {
        foreach ((double x, double y, string text) in _mooreEnds)
        {
            _labels.TryLabel(drawing, x, y, text, new TextStyle(11, Ink.Grey));
        }

        foreach (TrendFit fit in report.Drawn)
        {
            double from = fit.Fitted[0].Date.DecimalYear;
            double to = fit.Fitted[^1].Date.DecimalYear;
            IEnumerable<(double X, double Y)> anchors = s_lineShares.Select(share => from + (share * (to - from))).Select(year => frame.At(year, fit.FlopAt(year)));
            _labels.TryLabel(drawing, [.. anchors], $"{TrendFigures.Months(fit.DoublingMonths)} months {TrendFigures.Interval(fit.Interval)}", new TextStyle(12, Ink.Words(ColourOf(fit.DataSet)), IsBold: true));
        }
    }

    private void PointLabels(IDrawing drawing)
    {
        var records = report.DataSets.SelectMany(d => Frontier.Select(d.Estimates, FrontierRule.Records)).ToHashSet();
        IEnumerable<(ComputeEstimate Estimate, string Colour)> ordered = report.DataSets
            .SelectMany(d => d.Estimates.Select(e => (Estimate: e, Colour: ColourOf(d.Name))))
            .Where(p => records.Contains(p.Estimate) || s_known.Contains(p.Estimate.System, StringComparer.Ordinal))
            .OrderBy(p => Array.IndexOf(s_known, p.Estimate.System) is var at && at < 0 ? int.MaxValue : at)
            .ThenByDescending(p => p.Estimate.Flop);
        int labelled = 0;
        var shown = new Dictionary<string, double>(StringComparer.OrdinalIgnoreCase);
        foreach ((ComputeEstimate estimate, string colour) in ordered)
        {
            if (labelled == MostLabels || (shown.TryGetValue(estimate.System, out double flop) && TableDifference.IsAgreement(flop, estimate.Flop)))
            {
                continue; // two tables that agree on a system need one label
            }

            (double x, double y) = frame.At(estimate.Date.DecimalYear, estimate.Flop);
            if (_labels.TryLabel(drawing, x, y, estimate.System, new TextStyle(11, Ink.Words(colour))))
            {
                labelled++;
                shown[estimate.System] = estimate.Flop;
            }
        }
    }

    private (double X, double Y)? Line(IDrawing drawing, double fromYear, double toYear, Func<double, double> exponentAt, Stroke stroke)
    {
        if (frame.Clip(fromYear, toYear, exponentAt) is not { } inside)
        {
            return null;
        }

        drawing.Line(inside.X1, inside.Y1, inside.X2, inside.Y2, stroke);
        _labels.AvoidLine(inside.X1, inside.Y1, inside.X2, inside.Y2);
        return (inside.X2, inside.Y2);
    }

    private string ColourOf(string dataSet) => Ink.Series(dataSet, IndexOf(dataSet)).Colour;

    private int IndexOf(string dataSet) => report.DataSets.Select((d, i) => (d.Name, i)).First(p => p.Name == dataSet).i;

    private static double SlopeOf(double months) => double.IsPositiveInfinity(months) ? 0 : DoublingTime.MonthsPerYear * Math.Log10(2) / months;
}
