using System.Globalization;
using System.Text;

namespace Lazuli.Compute;

/// <summary>Draws the trend as a picture that can be read by itself: title, units, definitions, n, rules, scopes, intervals and attribution are in it.</summary>
public static class TrendChart
{
    private const double Width = 1200;
    private const double Left = 72;
    private const double Right = 1118;
    private const double HistoryTop = 112;
    private const double HistoryBottom = 724;
    private const double ArticleHeight = 400;
    private const double ClaimsLeft = 690;
    private const double NoteSize = 11;
    private const double NoteHeight = 15;

    /// <summary>Writes the chart to <paramref name="path"/>, as SVG or PNG by its ending. The file appears whole or not at all.</summary>
    /// <exception cref="ArgumentException">The path ends neither in <c>.svg</c> nor in <c>.png</c>.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(string path, TrendReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        byte[] picture = Path.GetExtension(path).ToUpperInvariant() switch
        {
            ".SVG" => Encoding.UTF8.GetBytes(ToSvg(report)),
            ".PNG" => ToPng(report),
            _ => throw new ArgumentException($"A chart is written as .svg or .png; '{path}' ends in neither.", nameof(path)),
        };
        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        Directory.CreateDirectory(folder);
        string staged = Path.Combine(folder, $".{Path.GetFileName(path)}.{Guid.NewGuid():N}.tmp");
        try
        {
            File.WriteAllBytes(staged, picture);
            File.Move(staged, path, overwrite: true);
        }
        finally
        {
            File.Delete(staged);
        }
    }

    /// <summary>The chart as an SVG document, 1200 pixels wide.</summary>
    public static string ToSvg(TrendReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        Layout layout = LayOut(report);
        var drawing = new SvgDrawing(Width, layout.Height, Title(report), string.Join(' ', layout.Notes));
        Draw(drawing, report, layout);
        return drawing.ToString();
    }

    /// <summary>The chart as a PNG picture, 2400 pixels wide.</summary>
    public static byte[] ToPng(TrendReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        Layout layout = LayOut(report);
        using var drawing = new PngDrawing(Width, layout.Height);
        Draw(drawing, report, layout);
        return drawing.ToArray();
    }

    private static Layout LayOut(TrendReport report)
    {
        var legend = new ChartLegend(report, Left - 14, Right + 60);
        double articleTop = HistoryBottom + 54 + legend.Height + 62;
        string[] notes = [.. Notes(report).SelectMany(n => ChartFont.Wrap(n, Right + 60 - Left, NoteSize))];
        double notesTop = articleTop + ArticleHeight + 56;
        return new Layout(legend, articleTop, notesTop, notes, notesTop + (notes.Length * NoteHeight) + 14);
    }

    private static void Draw(IDrawing drawing, TrendReport report, Layout layout)
    {
        drawing.Text(Left - 50, 40, Title(report), new TextStyle(25, Ink.Black, IsBold: true));
        drawing.Text(Left - 50, 64, "Operations (FLOP) that it took to train each system, additions and multiplications counted; one step of the grid is a factor of 1,000.", new TextStyle(13.5, Ink.Grey));
        new HistoryPanel(report, HistoryPanel.FrameFor(report, Left, HistoryTop, Right, HistoryBottom)).Draw(drawing);
        layout.Legend.Draw(drawing, HistoryBottom + 50);
        drawing.Text(Left - 50, layout.ArticleTop - 34, "2012 to 2018: the fifteen systems of “AI and Compute”", new TextStyle(18, Ink.Black, IsBold: true));
        new ArticlePanel(report, ArticlePanel.FrameFor(Left, layout.ArticleTop, ClaimsLeft - 60, layout.ArticleTop + ArticleHeight), ClaimsLeft, Right + 60).Draw(drawing);
        for (int i = 0; i < layout.Notes.Count; i++)
        {
            drawing.Text(Left - 50, layout.NotesTop + (i * NoteHeight), layout.Notes[i], new TextStyle(NoteSize, Ink.Grey));
        }
    }

    private static string Title(TrendReport report) =>
        string.Create(CultureInfo.InvariantCulture, $"The compute that training took, {Math.Min(1957, report.DataSets.SelectMany(d => d.Estimates).Min(e => e.Date.Day.Year))} to {report.Today.Year}");

    private static IEnumerable<string> Notes(TrendReport report)
    {
        yield return "Lines: ordinary least squares of log10 FLOP on the decimal year of publication, within one table. Months: the time in which the line doubles; a month is 365.25/12 days. "
            + "[ ] and shading: 95 % of the slopes of 1,000 seeded resamples. Rules: records took more compute than all before them; top10 were among the ten largest when they came out; all is every system. n: systems fitted. "
            + "1 petaflop/s-day is 8.64e19 FLOP.";
        foreach (ComputeDataSet d in report.DataSets)
        {
            yield return $"{d.Name}: {d.Attribution}. Counts: {d.ScopeRule} Rows: {d.Selection} Licence: {d.Licence}. {d.Digest[..19]}…";
        }

        if (report.DataSets.Select(d => d.Scope).Distinct().Count() > 1)
        {
            yield return "Tables that count different things are drawn side by side and never joined by a line.";
        }
    }

    private sealed record Layout(ChartLegend Legend, double ArticleTop, double NotesTop, IReadOnlyList<string> Notes, double Height);
}
