using System.Globalization;

namespace Lazuli.Compute;

/// <summary>Draws what stands behind the points: bands, grid, ticks, units.</summary>
internal static class PlotAxes
{
    private const double TickSize = 12;
    private static readonly Stroke s_grid = new(Ink.Grid, 1);
    private static readonly Stroke s_frame = new(Ink.Frame, 1);
    private static readonly string[] s_superscripts = ["⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"];

    /// <summary>A stretch of years with a name; the shade alternates.</summary>
    public static void Bands(IDrawing drawing, PlotFrame frame, IReadOnlyList<(double From, string Name)> bands)
    {
        for (int i = 0; i < bands.Count; i++)
        {
            double from = Math.Max(bands[i].From, frame.FirstYear);
            double to = Math.Min(i + 1 < bands.Count ? bands[i + 1].From : frame.LastYear, frame.LastYear);
            if (from >= to)
            {
                continue;
            }

            double left = frame.X(from);
            double right = frame.X(to);
            drawing.Polygon([(left, frame.Top), (right, frame.Top), (right, frame.Bottom), (left, frame.Bottom)], i % 2 == 0 ? Ink.BandA : Ink.BandB, 1);
            double at = frame.Top + 15;
            foreach (string line in bands[i].Name.Split('\n'))
            {
                if (ChartFont.Measure(line, 11, isBold: false) < right - left)
                {
                    drawing.Text((left + right) / 2, at, line, new TextStyle(11, Ink.Grey, Align: 0.5));
                }

                at += 14;
            }
        }
    }

    /// <summary>Powers of ten on the left in FLOP and, if asked, on the right in petaflop/s-days; years below; the frame.</summary>
    public static void Grid(IDrawing drawing, PlotFrame frame, int everyDecades, int everyYears, bool hasPetaflopDays)
    {
        for (int exponent = (int)Math.Ceiling(frame.LeastExponent); exponent <= frame.MostExponent; exponent++)
        {
            if (exponent % everyDecades == 0)
            {
                double y = frame.Y(exponent);
                drawing.Line(frame.Left, y, frame.Right, y, s_grid);
                drawing.Text(frame.Left - 8, y + 4, PowerOfTen(exponent), new TextStyle(TickSize, Ink.Grey, Align: 1));
            }
        }

        double shift = Math.Log10(PetaflopDays.Operations);
        for (int exponent = (int)Math.Ceiling(frame.LeastExponent - shift); hasPetaflopDays && exponent + shift <= frame.MostExponent; exponent++)
        {
            if (exponent % everyDecades == 0)
            {
                double y = frame.Y(exponent + shift);
                drawing.Line(frame.Right, y, frame.Right + 5, y, s_frame);
                drawing.Text(frame.Right + 9, y + 4, PowerOfTen(exponent), new TextStyle(TickSize, Ink.Grey));
            }
        }

        for (int year = (int)Math.Ceiling(frame.FirstYear); year <= frame.LastYear; year++)
        {
            if (year % everyYears == 0)
            {
                double x = frame.X(year);
                drawing.Line(x, frame.Bottom, x, frame.Bottom + 5, s_frame);
                drawing.Text(x, frame.Bottom + 19, year.ToString(CultureInfo.InvariantCulture), new TextStyle(TickSize, Ink.Grey, Align: 0.5));
            }
        }

        drawing.Line(frame.Left, frame.Top, frame.Left, frame.Bottom, s_frame);
        drawing.Line(frame.Left, frame.Bottom, frame.Right, frame.Bottom, s_frame);
        if (hasPetaflopDays)
        {
            drawing.Line(frame.Right, frame.Top, frame.Right, frame.Bottom, s_frame);
        }
    }

    /// <summary>10 to a power, as it is written: <c>10²³</c>.</summary>
    public static string PowerOfTen(int exponent) =>
        exponent == 0 ? "1" : "10" + (exponent < 0 ? "⁻" : string.Empty) + string.Concat(Math.Abs(exponent).ToString(CultureInfo.InvariantCulture).Select(d => s_superscripts[d - '0']));
}
