using System.Buffers.Binary;
using System.Globalization;
using System.Xml.Linq;
using Lazuli.Compute;
using SkiaSharp;

namespace Lazuli.Platform.Tests;

public sealed class TrendChartTests : IDisposable
{
    private static readonly DateOnly s_today = new(2026, 11, 23);
    private static readonly TrendRun s_run = new("quickstart (r1)", s_today, 3.1e13, 6.4e13);
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("lazuli-chart-");

    [Fact]
    public void The_picture_itself_says_units_definition_n_rule_scope_interval_and_attribution()
    {
        TrendReport report = ComputeTrend.Usual(s_today, [s_run]);
        string words = string.Join('\n', Texts(TrendChart.ToSvg(report)).Select(t => t.Words));
        string joined = words.Replace("\n", " ", StringComparison.Ordinal);
        foreach (string said in new[] { "FLOP", "petaflop/s-days", "1957 to 2026", "ordinary least squares", "1,000 seeded resamples", "365.25/12", "incl. self-play", "direct", "CC BY 4.0", "never joined by a line", "8.64e19", "10²³", "10²⁵", "10²⁶", "your run quickstart (r1)" })
        {
            Assert.Contains(said, joined, StringComparison.Ordinal);
        }

        foreach (TrendFit fit in report.Drawn)
        {
            Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"n {fit.Fitted.Count}: {fit.DoublingMonths:0.00} months {TrendFigures.Interval(fit.Interval)}"), joined, StringComparison.Ordinal);
            Assert.Contains(TrendFigures.Rule(fit.Query.Rule) + " " + TrendFigures.Window(fit.Query), joined, StringComparison.Ordinal);
        }

        foreach (ComputeDataSet dataSet in report.DataSets)
        {
            Assert.Contains(dataSet.Attribution, joined, StringComparison.Ordinal);
            Assert.Contains(dataSet.Digest[..19], joined, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Every_claim_stands_on_the_chart_by_its_name()
    {
        string[] words = [.. Texts(TrendChart.ToSvg(ComputeTrend.Usual(s_today, []))).Select(t => t.Words)];
        foreach (string said in new[] { "3.50 months", "text of May 2018 (quoted)", "3.40 months", "later text (quoted)", "3.43 months", "line of best fit (quoted)", "3.34 months", "our refit (computed here)", "3.31 months", "end points (computed here)", "AlexNet to AlphaGo Zero grew 320,690 times: the 300,000", "3.43 months carried on to today: 6.14e+32" })
        {
            Assert.Contains(said, words);
        }
    }

    public static TheoryData<string> Reports() => ["usual", "with runs", "openai-2018", "epoch-2026-01", "window", "thousands"];

    [Theory]
    [MemberData(nameof(Reports))]
    public void No_text_lies_on_another_or_leaves_the_picture(string which)
    {
        string svg = TrendChart.ToSvg(Report(which));
        XElement root = XDocument.Parse(svg).Root!;
        double width = (double)root.Attribute("width")!;
        double height = (double)root.Attribute("height")!;
        Text[] texts = [.. Texts(svg)];
        Assert.All(texts, t => Assert.True(t.Left >= 0 && t.Right <= width && t.Top >= 0 && t.Bottom <= height, $"'{t.Words}' leaves the picture"));
        for (int i = 0; i < texts.Length; i++)
        {
            for (int j = i + 1; j < texts.Length; j++)
            {
                Assert.False(texts[i].Touches(texts[j]), $"'{texts[i].Words}' lies on '{texts[j].Words}'");
            }
        }
    }

    [Fact]
    public void Every_sign_of_the_chart_is_in_the_font_that_the_program_carries()
    {
        using SKFont font = ChartFont.Of(12, isBold: false);
        using SKFont bold = ChartFont.Of(12, isBold: true);
        Assert.Equal("Inter", font.Typeface.FamilyName);
        Assert.All(Texts(TrendChart.ToSvg(ComputeTrend.Usual(s_today, [s_run]))), t => Assert.True(font.ContainsGlyphs(t.Words) && bold.ContainsGlyphs(t.Words), t.Words));
    }

    [Fact]
    public void A_sign_that_the_font_lacks_is_a_box_and_not_nothing()
    {
        using SKFont font = ChartFont.Of(12, isBold: false);
        Assert.Equal("□□ 3", ChartFont.Drawable("悟道 3", font));
    }

    [Fact]
    public void Own_runs_have_a_bar_from_one_method_to_the_other()
    {
        XElement[] with = Shapes(TrendChart.ToSvg(ComputeTrend.Usual(s_today, [s_run])));
        XElement[] single = Shapes(TrendChart.ToSvg(ComputeTrend.Usual(s_today, [s_run with { FlopByTime = null }])));
        static int Bars(XElement[] shapes) => shapes.Count(e => (string?)e.Attribute("stroke-width") == "1.4");
        static int Diamonds(XElement[] shapes) => shapes.Count(e => (string?)e.Attribute("fill") == Ink.Purple);
        Assert.Equal((2, 2), (Bars(with), Diamonds(with))); // the bar and its cap; the run and its entry in the legend
        Assert.Equal((0, 2), (Bars(single), Diamonds(single)));
    }

    [Fact]
    public void No_line_is_fitted_across_tables()
    {
        TrendReport report = ComputeTrend.Usual(s_today, []);
        Assert.All(report.Drawn, f => Assert.All(f.Fitted, e => Assert.Contains(e, report.DataSets.Single(d => d.Digest == f.Digest).Estimates)));
    }

    [Fact]
    public void Names_from_outside_are_text_and_never_markup()
    {
        ComputeDataSet hostile = Tables.FromText("system,date,flop\n\"</text><script>alert(1)</script>&\"\"\",2012-01-01,1e18\nB,2013-01-01,1e19\nC,2014-01-01,1e20\n");
        string svg = TrendChart.ToSvg(ComputeTrend.Analyse(new TrendRequest { DataSets = [hostile], Today = s_today }));
        Assert.DoesNotContain(XDocument.Parse(svg).Descendants(), e => e.Name.LocalName == "script");
        Assert.Contains(Texts(svg), t => t.Words.StartsWith("</text><script>", StringComparison.Ordinal));
    }

    [Fact]
    public void A_picture_of_dots_is_2400_wide_and_has_the_title_in_it()
    {
        string path = Path.Combine(_folder.FullName, "new", "trend.png");
        TrendChart.Write(path, ComputeTrend.Usual(s_today, [s_run]));
        byte[] bytes = File.ReadAllBytes(path);
        Assert.Equal([0x89, .. "PNG"u8], bytes[..4]);
        Assert.Equal(2400, BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(16)));
        using SKBitmap bitmap = SKBitmap.Decode(bytes);
        int dark = Enumerable.Range(40, 800).Sum(x => Enumerable.Range(36, 60).Count(y => bitmap.GetPixel(x, y).Red < 100));
        Assert.InRange(dark, 4_000, 30_000); // letters: neither empty nor a filled bar
        Assert.Equal(["trend.png"], Directory.EnumerateFiles(Path.GetDirectoryName(path)!).Select(Path.GetFileName));
    }

    [Fact]
    public void A_chart_takes_the_place_of_an_older_one_and_leaves_nothing_else()
    {
        string path = Path.Combine(_folder.FullName, "trend.SVG");
        File.WriteAllText(path, "old");
        TrendChart.Write(path, ComputeTrend.Usual(s_today, []));
        Assert.StartsWith("<svg", File.ReadAllText(path), StringComparison.Ordinal);
        Assert.Single(_folder.EnumerateFiles());
    }

    [Fact]
    public void Another_ending_is_refused() =>
        Assert.Contains(".svg or .png", Assert.Throws<ArgumentException>(() => TrendChart.Write("trend.jpg", ComputeTrend.Usual(s_today, []))).Message, StringComparison.Ordinal);

    public void Dispose() => _folder.Delete(recursive: true);

    private static TrendReport Report(string which) => which switch
    {
        "usual" => ComputeTrend.Usual(s_today, []),
        "with runs" => ComputeTrend.Usual(s_today, [s_run, s_run with { Name = "second (r2)", FlopByCount = 3.3e13 }, s_run with { Name = "third (r3)", FlopByCount = 2e16, FlopByTime = null }]),
        "window" => ComputeTrend.Analyse(new TrendRequest { DataSets = [ComputeDataSets.BuiltIn(ComputeDataSets.Epoch)], Today = s_today, From = 2012, To = 2018, Rule = FrontierRule.Top10 }),
        "thousands" => ComputeTrend.Analyse(new TrendRequest { DataSets = [Thousands()], Today = s_today }),
        _ => ComputeTrend.Analyse(new TrendRequest { DataSets = [ComputeDataSets.BuiltIn(which)], Today = s_today }),
    };

    private static ComputeDataSet Thousands()
    {
        var random = new Random(7);
        return Tables.Of([.. Enumerable.Range(0, 2_000).Select(i => ($"A system of the number {i}", new DateOnly(1990, 1, 1).AddDays(i * 6).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), Math.Pow(10, 10 + (i / 140.0) + random.NextDouble())))]);
    }

    private static XElement[] Shapes(string svg) => [.. XDocument.Parse(svg).Descendants()];

    private static IEnumerable<Text> Texts(string svg) => XDocument.Parse(svg).Descendants().Where(e => e.Name.LocalName == "text").Select(e =>
    {
        double length = (double)e.Attribute("textLength")!;
        double align = (string?)e.Attribute("text-anchor") switch { "end" => 1, "middle" => 0.5, _ => 0 };
        double left = (double)e.Attribute("x")! - (align * length);
        double baseline = (double)e.Attribute("y")!;
        double size = (double)e.Attribute("font-size")!;
        return new Text(e.Value, left, left + length, baseline - (0.72 * size), baseline); // from capital height to baseline
    });

    private sealed record Text(string Words, double Left, double Right, double Top, double Bottom)
    {
        public bool Touches(Text other) => Left < other.Right && other.Left < Right && Top < other.Bottom && other.Top < Bottom;
    }
}
