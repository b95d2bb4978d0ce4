namespace Lazuli.Compute;

/// <summary>Ordinary least squares of y on x: <c>slope = Σ(x−x̄)(y−ȳ) / Σ(x−x̄)²</c>.</summary>
/// <param name="Slope">Rise of y with x.</param>
/// <param name="MeanX">x̄.</param>
/// <param name="MeanY">ȳ, which the line passes at x̄.</param>
/// <param name="RSquared">Share of the variance of y explained; 1 when y does not vary.</param>
internal readonly record struct LeastSquares(double Slope, double MeanX, double MeanY, double RSquared)
{
    /// <summary>The line; null when all x are one.</summary>
    public static LeastSquares? Fit(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        double meanX = 0;
        double meanY = 0;
        for (int i = 0; i < x.Length; i++)
        {
            meanX += x[i];
            meanY += y[i];
        }

        meanX /= x.Length;
        meanY /= x.Length;
        double xx = 0;
        double xy = 0;
        double yy = 0;
        for (int i = 0; i < x.Length; i++)
        {
            double dx = x[i] - meanX;
            double dy = y[i] - meanY;
            xx += dx * dx;
            xy += dx * dy;
            yy += dy * dy;
        }

        return xx > 0 ? new LeastSquares(xy / xx, meanX, meanY, yy > 0 ? xy * xy / (xx * yy) : 1) : null;
    }
}
