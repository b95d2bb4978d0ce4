namespace Lazuli.Compute;

/// <summary>Puts labels beside points so that none lies on another label or point, or leaves the frame; one that finds no room is left out.</summary>
internal sealed class LabelPlacer(PlotFrame frame)
{
    private const double Gap = 6;
    private const double LineHeight = 1.1;
    private const int SamplesPerLine = 120;
    private readonly List<Box> _taken = [];
    private readonly List<(double X, double Y)> _lines = [];

    // Beside, then above and below, then further off.
    private static readonly (double Dx, double Dy, double Align)[] s_places =
    [
        (1, 0, 0), (-1, 0, 1), (1, -0.9, 0), (-1, -0.9, 1), (1, 0.9, 0), (-1, 0.9, 1), (0, -1.3, 0.5), (0, 1.4, 0.5), (1, -1.9, 0), (-1, -1.9, 1), (1, 1.9, 0), (-1, 1.9, 1),
    ];

    /// <summary>Keeps labels off a point.</summary>
    public void Avoid(double x, double y, double radius) => _taken.Add(new Box(x - radius, y - radius, x + radius, y + radius));

    /// <summary>Keeps labels off a rectangle.</summary>
    public void AvoidBox(double left, double top, double right, double bottom) => _taken.Add(new Box(left, top, right, bottom));

    /// <summary>Prefers places off a line.</summary>
    public void AvoidLine(double x1, double y1, double x2, double y2)
    {
        for (int i = 0; i <= SamplesPerLine; i++)
        {
            double share = (double)i / SamplesPerLine;
            _lines.Add((x1 + (share * (x2 - x1)), y1 + (share * (y2 - y1))));
        }
    }

    /// <summary>Draws a label beside a point, if there is room.</summary>
    public bool TryLabel(IDrawing drawing, double x, double y, string text, TextStyle style) => TryLabel(drawing, [(x, y)], text, style);

    /// <summary>Draws a label beside one of several points, if there is room: where it crosses lines least, else at the earliest.</summary>
    public bool TryLabel(IDrawing drawing, IReadOnlyList<(double X, double Y)> anchors, string text, TextStyle style)
    {
        double width = ChartFont.Measure(text, style.Size, style.IsBold);
        double height = style.Size * LineHeight;
        (Box Box, double Align, double X, int Crossed)? best = null;
        foreach (((double x, double y), (double dx, double dy, double align)) in anchors.SelectMany(a => s_places.Select(p => (a, p))))
        {
            double atX = x + (dx * Gap);
            double left = atX - (align * width);
            double middle = y + (dy * height * 0.75);
            var box = new Box(left - 1, middle - (height / 2), left + width + 1, middle + (height / 2));
            if (box.Left < frame.Left || box.Right > frame.Right || box.Top < frame.Top || box.Bottom > frame.Bottom || _taken.Any(box.Touches))
            {
                continue;
            }

            int crossed = _lines.Count(p => box.Holds(p.X, p.Y));
            if (best is null || crossed < best.Value.Crossed)
            {
                best = (box, align, atX, crossed);
            }
        }

        if (best is not { } found)
        {
            return false;
        }

        _taken.Add(found.Box);
        drawing.Text(found.X, found.Box.Bottom - (height * 0.25), text, style with { Align = found.Align, HasHalo = true });
        return true;
    }

    private readonly record struct Box(double Left, double Top, double Right, double Bottom)
    {
        public bool Touches(Box other) => Left < other.Right && other.Left < Right && Top < other.Bottom && other.Top < Bottom;

        public bool Holds(double x, double y) => x > Left && x < Right && y > Top && y < Bottom;
    }
}
