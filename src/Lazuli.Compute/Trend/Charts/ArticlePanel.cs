using System.Globalization;

namespace Lazuli.Compute;

/// <summary>The small panel: the fifteen systems of "AI and Compute", each labelled, and every claim about them by its name.</summary>
internal sealed class ArticlePanel(TrendReport report, PlotFrame frame, double claimsLeft, double right)
{
    private const double Radius = 4.2;
    private const double EntryHeight = 41;
    private const double RefitEnd = 2018;
    private static readonly Stroke s_moore = new(Ink.Grey, 1.2, [9, 5]);
    private static readonly (double From, string Name)[] s_eras = [(2011, string.Empty), (2012, "1–8 GPUs"), (2014, "10–100 GPUs"), (2016, "huge batches,\nsearch, self-play, TPUs"), (2018, string.Empty)];
    private readonly ComputeDataSet _openAi = ComputeDataSets.BuiltIn(ComputeDataSets.OpenAi);
    private readonly TrendFit _refit = report.Refit;
    private readonly LabelPlacer _labels = new(frame);

    /// <summary>The frame of 2012 to 2018.</summary>
    public static PlotFrame FrameFor(double left, double top, double right, double bottom) => new(left, top, right, bottom, 2011.6, 2018.8, 14.4, 24.95);

    public void Draw(IDrawing drawing)
    {
        PlotAxes.Bands(drawing, frame, s_eras);
        PlotAxes.Grid(drawing, frame, everyDecades: 1, everyYears: 1, hasPetaflopDays: false);
        drawing.Text(frame.Left - 50, frame.Top - 10, "FLOP", new TextStyle(12, Ink.Grey, IsBold: true));
        EndPoints ends = TrendClaims.Ends(_openAi)!;
        Moore(drawing, ends);
        Claims(drawing, ends);
        ComputeEstimate[] modern = [.. _openAi.Estimates.Where(e => e.Date.DecimalYear >= frame.FirstYear)];
        foreach (ComputeEstimate e in modern)
        {
            (double x, double y) = frame.At(e.Date.DecimalYear, e.Flop);
            drawing.Marker(MarkerShape.Square, x, y, Radius, Ink.Fill(e, Ink.Vermilion), Ink.Vermilion);
            _labels.Avoid(x, y, Radius);
        }

        foreach (ComputeEstimate e in modern.OrderBy(e => e.System is TrendClaims.Start or TrendClaims.End ? 0 : 1))
        {
            (double x, double y) = frame.At(e.Date.DecimalYear, e.Flop);
            _labels.TryLabel(drawing, x, y, e.System, new TextStyle(12, Ink.Black));
        }
    }

    private void Moore(IDrawing drawing, EndPoints ends)
    {
        foreach (double months in new[] { TrendClaims.MooreLong, TrendClaims.MooreShort })
        {
            (double x1, double y1) = frame.At(ends.From.Date.DecimalYear, ends.From.Flop);
            (double x2, double y2) = FromStart(ends, months, 2018.3);
            drawing.Line(x1, y1, x2, y2, s_moore);
            _labels.AvoidLine(x1, y1, x2, y2);
            string text = string.Create(CultureInfo.InvariantCulture, $"Moore, {months:0} months");
            double below = months == TrendClaims.MooreLong ? 18 : -7;
            drawing.Text(x2, y2 + below, text, new TextStyle(11, Ink.Grey, Align: 1, HasHalo: true));
            _labels.AvoidBox(x2 - ChartFont.Measure(text, 11, isBold: false), y2 + below - 10, x2, y2 + below + 3);
        }
    }

    // One entry a claim on the right, steepest first, each tied to the end of its line.
    private void Claims(IDrawing drawing, EndPoints ends)
    {
        TrendClaim[] claims = [.. report.Claims.Where(c => c.DoublingMonths < 5).Where(c => !c.Name.Contains(" in ", StringComparison.Ordinal)).OrderBy(c => c.DoublingMonths)];
        drawing.Text(claimsLeft, frame.Top - 10, "What is said of these systems, and what they say", new TextStyle(13, Ink.Black, IsBold: true));
        double y = frame.Top + 14;
        foreach (TrendClaim claim in claims)
        {
            bool isRefit = claim.IsComputed && claim.Ratio is null;
            string colour = claim.IsComputed ? Ink.Vermilion : Ink.Green;
            (double x1, double y1) = frame.At(ends.From.Date.DecimalYear, ends.From.Flop);
            (double endX, double endY) = FromStart(ends, claim.DoublingMonths, ends.To.Date.DecimalYear);
            if (isRefit)
            {
                double first = _refit.Fitted[0].Date.DecimalYear;
                (x1, y1) = frame.At(first, _refit.FlopAt(first));
                (endX, endY) = frame.At(RefitEnd, _refit.FlopAt(RefitEnd));
            }

            drawing.Line(x1, y1, endX, endY, new Stroke(colour, isRefit ? 2.4 : 1.1, claim.IsComputed ? null : [5, 3]));
            _labels.AvoidLine(x1, y1, endX, endY);
            drawing.Line(endX, endY, claimsLeft - 8, y - 4, new Stroke(Ink.LightGrey, 0.8));
            Entry(drawing, claim, y, colour);
            y += EntryHeight;
        }

        Prose(drawing, y + 6, ends);
    }

    private void Entry(IDrawing drawing, TrendClaim claim, double y, string colour)
    {
        string months = $"{TrendFigures.Months(claim.DoublingMonths)} months";
        drawing.Text(claimsLeft, y, months, new TextStyle(14, Ink.Words(colour), IsBold: true));
        drawing.Text(claimsLeft + 98, y, claim.Name + (claim.IsComputed ? " (computed here)" : " (quoted)"), new TextStyle(13, Ink.Black));
        string growth = claim switch
        {
            { IsComputed: true, Ratio: { } ratio } => $"AlexNet to AlphaGo Zero grew {TrendFigures.Times(ratio)} times: the 300,000",
            { IsComputed: true } => Refit(),
            { DoublingMonths: TrendClaims.BestFit, Ratio: { } ratio } => $"the article's regression; over AlexNet to AlphaGo Zero {TrendFigures.Times(ratio)} times",
            { DoublingMonths: TrendClaims.FirstText } => "the article as first published: more than 300,000 times",
            _ => "the article since its correction: more than 300,000 times",
        };
        drawing.Text(claimsLeft + 98, y + 16, growth, new TextStyle(11.5, Ink.Grey));
    }

    private string Refit() =>
        string.Create(CultureInfo.InvariantCulture, $"least squares over the {_refit.Fitted.Count} systems, 95 % {TrendFigures.Interval(_refit.Interval)}, R² {_refit.RSquared:0.00}");

    private void Prose(IDrawing drawing, double y, EndPoints ends)
    {
        double years = ends.Months / DoublingTime.MonthsPerYear;
        TrendProspect p = report.Prospect;
        CultureInfo invariant = CultureInfo.InvariantCulture;
        IEnumerable<string> since = report.Outcomes.OfType<FitOutcome.Fitted>().Select(f => f.Fit).Where(f => f.Query is { Rule: FrontierRule.Records, From: 2018, To: null })
            .Select(f => string.Create(invariant, $"Records of {f.DataSet} since 2018: {TrendFigures.Months(f.DoublingMonths)} months {TrendFigures.Interval(f.Interval)}, n {f.Fitted.Count}."));
        string[] paragraphs =
        [
            string.Create(invariant, $"Moore's law over the same {ends.Months:0.0} months: {TrendFigures.Times(DoublingTime.Growth(years, TrendClaims.MooreLong))} times at 24 months, {TrendFigures.Times(DoublingTime.Growth(years, TrendClaims.MooreShort))} at 18."),
            string.Create(invariant, $"Did it last? Carried on, 3.43 months foretold {TrendFigures.Flop(p.ForetoldThen)} FLOP for {p.Largest.Date}. {p.Largest.System}, the largest training known, took {TrendFigures.Flop(p.Largest.Flop)}."),
            .. since,
            "Hollow squares are less sure: read off the article's chart or taken from elsewhere. The three of 2017 count the games that they played against themselves.",
        ];
        foreach (string paragraph in paragraphs)
        {
            foreach (string line in ChartFont.Wrap(paragraph, right - claimsLeft, 12))
            {
                drawing.Text(claimsLeft, y, line, new TextStyle(12, Ink.Black));
                y += 16;
            }

            y += 6;
        }
    }

    private (double X, double Y) FromStart(EndPoints ends, double months, double year) =>
        frame.At(year, ends.From.Flop * DoublingTime.Growth(year - ends.From.Date.DecimalYear, months));
}
