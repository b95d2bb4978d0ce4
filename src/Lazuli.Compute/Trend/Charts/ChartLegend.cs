using System.Globalization;

namespace Lazuli.Compute;

/// <summary>What each symbol and line of the large panel is, with n, rule, window, scope and interval.</summary>
internal sealed class ChartLegend(TrendReport report, double left, double right)
{
    public const double RowHeight = 19;
    private const double Size = 12;
    private const double RightColumn = 0.55;
    private readonly List<(Action<IDrawing, double, double> Symbol, string Text)> _tables = [.. TablesOf(report)];
    private readonly List<(Action<IDrawing, double, double> Symbol, string Text)> _others = [.. OthersOf(report)];

    /// <summary>Room it takes.</summary>
    public double Height => RowHeight * Math.Max(_tables.Count, _others.Count);

    public void Draw(IDrawing drawing, double top)
    {
        Column(drawing, _tables, left, top);
        Column(drawing, _others, left + ((right - left) * RightColumn), top);
    }

    private static void Column(IDrawing drawing, IReadOnlyList<(Action<IDrawing, double, double> Symbol, string Text)> entries, double x, double top)
    {
        for (int i = 0; i < entries.Count; i++)
        {
            double y = top + (i * RowHeight);
            entries[i].Symbol(drawing, x + 14, y - 4);
            drawing.Text(x + 36, y, entries[i].Text, new TextStyle(Size, Ink.Black));
        }
    }

    private static IEnumerable<(Action<IDrawing, double, double>, string)> TablesOf(TrendReport report)
    {
        for (int i = 0; i < report.DataSets.Count; i++)
        {
            ComputeDataSet dataSet = report.DataSets[i];
            (string colour, MarkerShape shape) = Ink.Series(dataSet.Name, i);
            yield return (
                (d, x, y) => Symbols(d, shape, colour, x, y),
                string.Create(CultureInfo.InvariantCulture, $"{dataSet.Name}, {TrendFigures.Scope(dataSet.Scope)}: {dataSet.Estimates.Count} systems (hollow: less sure)"));
            foreach (TrendFit fit in report.Drawn.Where(f => f.DataSet == dataSet.Name))
            {
                yield return (
                    (d, x, y) => d.Line(x - 13, y, x + 13, y, new Stroke(colour, 2.2)),
                    string.Create(CultureInfo.InvariantCulture, $"{TrendFigures.Rule(fit.Query.Rule)} {TrendFigures.Window(fit.Query)}, n {fit.Fitted.Count}: {TrendFigures.Months(fit.DoublingMonths)} months {TrendFigures.Interval(fit.Interval)}, R² {fit.RSquared:0.00}"));
            }
        }

    }

    private static IEnumerable<(Action<IDrawing, double, double>, string)> OthersOf(TrendReport report)
    {
        yield return ((d, x, y) => d.Line(x - 13, y, x + 13, y, new Stroke(Ink.Grey, 1.2, [9, 5])), $"Moore's law, 24 and 18 months, from {HistoryPanel.MooreStart(report).System}");
        yield return ((d, x, y) => d.Line(x - 13, y, x + 13, y, new Stroke(Ink.Orange, 2, [3, 3])), "3.43 months carried on from AlphaGo Zero (openai-2018)");
        yield return ((d, x, y) => d.Line(x - 13, y, x + 13, y, new Stroke(Ink.LightGrey, 1, [2, 4])), "thresholds of policy: 10²³, 10²⁵, 10²⁶ FLOP");
        string runs = report.Runs.Count == 0 ? "your runs: none yet" : string.Create(CultureInfo.InvariantCulture, $"your runs ({report.Runs.Count}): FLOP by count; bar to FLOP by time");
        yield return ((d, x, y) => d.Marker(MarkerShape.Diamond, x, y, 5, Ink.Purple, Ink.Black), runs);
    }

    private static void Symbols(IDrawing drawing, MarkerShape shape, string colour, double x, double y)
    {
        drawing.Marker(shape, x - 6, y, 4, colour, colour);
        drawing.Marker(shape, x + 6, y, 4, null, colour);
    }
}
