namespace Lazuli.Compute;

/// <summary>Corners of the symbols that have some.</summary>
internal static class MarkerOutline
{
    private const double Wider = 1.25; // so that a diamond or triangle looks as large as a circle

    public static IReadOnlyList<(double X, double Y)> Of(MarkerShape shape, double x, double y, double radius)
    {
        double r = radius * Wider;
        double s = radius * 0.9;
        return shape switch
        {
            MarkerShape.Square => [(x - s, y - s), (x + s, y - s), (x + s, y + s), (x - s, y + s)],
            MarkerShape.Triangle => [(x, y - r), (x + r, y + (r * 0.8)), (x - r, y + (r * 0.8))],
            MarkerShape.Diamond => [(x, y - r), (x + r, y), (x, y + r), (x - r, y)],
            _ => throw new ArgumentOutOfRangeException(nameof(shape), shape, "This symbol has no corners."),
        };
    }
}
