namespace Lazuli.Compute;

/// <summary>A rectangle with years across and powers of ten upwards.</summary>
/// <param name="Left">Left edge in pixels.</param>
/// <param name="Top">Upper edge in pixels.</param>
/// <param name="Right">Right edge in pixels.</param>
/// <param name="Bottom">Lower edge in pixels.</param>
/// <param name="FirstYear">Decimal year at the left edge.</param>
/// <param name="LastYear">Decimal year at the right edge.</param>
/// <param name="LeastExponent">log10 FLOP at the lower edge.</param>
/// <param name="MostExponent">log10 FLOP at the upper edge.</param>
internal sealed record PlotFrame(double Left, double Top, double Right, double Bottom, double FirstYear, double LastYear, double LeastExponent, double MostExponent)
{
    public double X(double year) => Left + ((year - FirstYear) / (LastYear - FirstYear) * (Right - Left));

    public double Y(double exponent) => Bottom - ((exponent - LeastExponent) / (MostExponent - LeastExponent) * (Bottom - Top));

    /// <summary>Where a system stands.</summary>
    public (double X, double Y) At(double year, double flop) => (X(year), Y(Math.Log10(flop)));

    /// <summary>The part of a line in (year, log10 FLOP) between two years that lies inside; null when none does.</summary>
    public (double X1, double Y1, double X2, double Y2)? Clip(double fromYear, double toYear, Func<double, double> exponentAt)
    {
        double from = Math.Max(fromYear, FirstYear);
        double to = Math.Min(toYear, LastYear);
        double slope = (exponentAt(to) - exponentAt(from)) / (to - from);
        if (slope != 0)
        {
            double atLeast = from + ((LeastExponent - exponentAt(from)) / slope);
            double atMost = from + ((MostExponent - exponentAt(from)) / slope);
            from = Math.Max(from, Math.Min(atLeast, atMost));
            to = Math.Min(to, Math.Max(atLeast, atMost));
        }

        return from < to ? (X(from), Y(exponentAt(from)), X(to), Y(exponentAt(to))) : null;
    }
}
