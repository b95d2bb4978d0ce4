using System.Globalization;
using System.Security;
using System.Text;

namespace Lazuli.Compute;

/// <summary>Draws into an SVG document. Text stays text: it can be searched, selected and read aloud.</summary>
/// <remarks>Every text carries its measured length, so that another font in place of ours is fitted to the same room and overlaps nothing.</remarks>
internal sealed class SvgDrawing : IDrawing
{
    private readonly StringBuilder _svg = new();

    public SvgDrawing(double width, double height, string title, string description)
    {
        Add($"""<svg xmlns="http://www.w3.org/2000/svg" width="{width:0}" height="{height:0}" viewBox="0 0 {width:0} {height:0}" role="img" font-family="{ChartFont.Families}">""");
        Add($"<title>{Escape(title)}</title>");
        Add($"<desc>{Escape(description)}</desc>");
        Add($"""<rect width="{width:0}" height="{height:0}" fill="{Ink.White}"/>""");
    }

    /// <summary>The finished document.</summary>
    public override string ToString() => _svg + "</svg>\n";

    public void Line(double x1, double y1, double x2, double y2, Stroke stroke)
    {
        string dash = stroke.Dash is null ? string.Empty : $" stroke-dasharray=\"{string.Join(' ', stroke.Dash.Select(d => d.ToString(CultureInfo.InvariantCulture)))}\"";
        Add($"""<line x1="{x1:0.##}" y1="{y1:0.##}" x2="{x2:0.##}" y2="{y2:0.##}" stroke="{stroke.Colour}" stroke-width="{stroke.Width:0.##}"{dash}/>""");
    }

    public void Polygon(IReadOnlyList<(double X, double Y)> corners, string fill, double opacity)
    {
        string points = string.Join(' ', corners.Select(c => string.Create(CultureInfo.InvariantCulture, $"{c.X:0.##},{c.Y:0.##}")));
        Add($"""<polygon points="{points}" fill="{fill}" fill-opacity="{opacity:0.##}"/>""");
    }

    public void Marker(MarkerShape shape, double x, double y, double radius, string? fill, string outline)
    {
        string paint = string.Create(CultureInfo.InvariantCulture, $"fill=\"{fill ?? Ink.White}\" stroke=\"{outline}\" stroke-width=\"1.1\"");
        if (shape == MarkerShape.Circle)
        {
            Add($"""<circle cx="{x:0.##}" cy="{y:0.##}" r="{radius:0.##}" {paint}/>""");
            return;
        }

        string points = string.Join(' ', MarkerOutline.Of(shape, x, y, radius).Select(c => string.Create(CultureInfo.InvariantCulture, $"{c.X:0.##},{c.Y:0.##}")));
        Add($"""<polygon points="{points}" {paint}/>""");
    }

    public void Text(double x, double y, string text, TextStyle style)
    {
        string anchor = style.Align switch { 0 => "start", 1 => "end", _ => "middle" };
        string weight = style.IsBold ? " font-weight=\"600\"" : string.Empty;
        string halo = style.HasHalo ? $" stroke=\"{Ink.White}\" stroke-width=\"3\" stroke-linejoin=\"round\" paint-order=\"stroke\"" : string.Empty;
        double length = ChartFont.Measure(text, style.Size, style.IsBold);
        Add($"""<text x="{x:0.##}" y="{y:0.##}" font-size="{style.Size:0.##}" fill="{style.Colour}" text-anchor="{anchor}"{weight}{halo} textLength="{length:0.##}" lengthAdjust="spacingAndGlyphs">{Escape(text)}</text>""");
    }

    private static string Escape(string text) => SecurityElement.Escape(text)!;

    private void Add(FormattableString line) => _svg.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
}
