using System.Runtime.InteropServices;
using SkiaSharp;

namespace Lazuli.Compute;

/// <summary>The font of charts, Inter (SIL Open Font License 1.1), carried in the program: a machine may have no fonts at all.</summary>
/// <remarks>Cut down to Latin, Greek, and the signs that charts use; what it lacks is drawn as an empty box.</remarks>
internal static class ChartFont
{
    /// <summary>Names for a picture that is drawn elsewhere: the same font first, then the usual ones.</summary>
    public const string Families = "Inter, 'Helvetica Neue', Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif";

    private const char Missing = '□';
    private static readonly Lazy<SKTypeface> s_regular = new(() => Load("Inter-Regular.ttf"));
    private static readonly Lazy<SKTypeface> s_bold = new(() => Load("Inter-SemiBold.ttf"));

    /// <summary>The font in a size; the caller disposes of it.</summary>
    public static SKFont Of(double size, bool isBold) => new((isBold ? s_bold : s_regular).Value, (float)size) { Subpixel = true, Hinting = SKFontHinting.None };

    /// <summary>Width of a line of text in pixels.</summary>
    public static double Measure(string text, double size, bool isBold)
    {
        using SKFont font = Of(size, isBold);
        return font.MeasureText(Drawable(text, font));
    }

    /// <summary>The text with every sign that the font lacks as an empty box.</summary>
    public static string Drawable(string text, SKFont font) =>
        font.ContainsGlyphs(text) ? text : new string([.. text.Select(c => font.ContainsGlyph(c) ? c : Missing)]);

    /// <summary>Breaks a text into lines of at most <paramref name="width"/> pixels, between words.</summary>
    public static IReadOnlyList<string> Wrap(string text, double width, double size, bool isBold = false)
    {
        var lines = new List<string>();
        string line = string.Empty;
        foreach (string word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            string longer = line.Length == 0 ? word : line + " " + word;
            if (line.Length > 0 && Measure(longer, size, isBold) > width)
            {
                lines.Add(line);
                longer = word;
            }

            line = longer;
        }

        if (line.Length > 0)
        {
            lines.Add(line);
        }

        return lines;
    }

    private static SKTypeface Load(string name)
    {
        using Stream font = typeof(ChartFont).Assembly.GetManifestResourceStream("Trend." + name)
            ?? throw new InvalidOperationException($"The program was built without its font {name}.");
        try
        {
            using SKData data = SKData.Create(font);
            return SKTypeface.FromData(data) ?? throw new InvalidOperationException($"The font {name} cannot be read.");
        }
        catch (Exception e) when (e is DllNotFoundException or TypeInitializationException)
        {
            throw new PlatformNotSupportedException($"Charts are drawn with SkiaSharp, whose native library is not here for {RuntimeInformation.RuntimeIdentifier}. The same figures come with --json or --csv.", e);
        }
    }
}
