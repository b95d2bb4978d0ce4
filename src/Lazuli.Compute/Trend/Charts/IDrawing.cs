namespace Lazuli.Compute;

/// <summary>What a chart is drawn on. Coordinates are pixels of the nominal size, from the upper left corner.</summary>
internal interface IDrawing
{
    /// <summary>A straight line.</summary>
    void Line(double x1, double y1, double x2, double y2, Stroke stroke);

    /// <summary>A filled shape with these corners.</summary>
    void Polygon(IReadOnlyList<(double X, double Y)> corners, string fill, double opacity);

    /// <summary>A symbol of a point; null <paramref name="fill"/> leaves it hollow.</summary>
    void Marker(MarkerShape shape, double x, double y, double radius, string? fill, string outline);

    /// <summary>A line of text; <paramref name="y"/> is its baseline.</summary>
    void Text(double x, double y, string text, TextStyle style);
}
