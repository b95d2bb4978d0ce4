namespace Lazuli.Compute;

/// <summary>
/// The interval of a slope by resampling points with replacement: each resample is fitted anew, and the 2.5 %, 50 % and 97.5 % quantiles of the
/// slopes are turned into doubling times.
/// </summary>
/// <remarks>
/// After the method of Sevilla and others (2022): resamples with fewer than three distinct points are left out, and each resampled value may be
/// moved by a factor uniform in log10 over [1/noise, noise]. Quantiles are of slopes rather than of doubling times, since a slope near zero
/// has no doubling time; between two slopes they are interpolated linearly.
/// </remarks>
internal static class SlopeBootstrap
{
    private const int FewestDistinct = 3;
    private const int FewestSlopes = 40; // below this a 2.5 % quantile is the extreme itself

    /// <summary>The interval; null when fewer than 40 resamples were usable.</summary>
    public static DoublingInterval? Run(ReadOnlySpan<double> x, ReadOnlySpan<double> y, TrendQuery query)
    {
        var random = new ResampleRandom(query.Seed);
        double noise = Math.Log10(query.NoiseFactor);
        double[] drawnX = new double[x.Length];
        double[] drawnY = new double[x.Length];
        int[] lastDrawnIn = new int[x.Length];
        var slopes = new List<double>(query.Resamples);
        for (int resample = 1; resample <= query.Resamples; resample++)
        {
            int distinct = 0;
            for (int i = 0; i < x.Length; i++)
            {
                int drawn = random.Below(x.Length);
                drawnX[i] = x[drawn];
                drawnY[i] = y[drawn] + (noise == 0 ? 0 : noise * ((2 * random.Share()) - 1));
                if (lastDrawnIn[drawn] != resample)
                {
                    lastDrawnIn[drawn] = resample;
                    distinct++;
                }
            }

            if (distinct >= FewestDistinct && LeastSquares.Fit(drawnX, drawnY) is { } line)
            {
                slopes.Add(line.Slope);
            }
        }

        if (slopes.Count < FewestSlopes)
        {
            return null;
        }

        slopes.Sort();
        return new DoublingInterval(
            DoublingTime.FromOrdersPerYear(Quantile(slopes, 0.975)),
            DoublingTime.FromOrdersPerYear(Quantile(slopes, 0.5)),
            DoublingTime.FromOrdersPerYear(Quantile(slopes, 0.025)),
            slopes.Count);
    }

    private static double Quantile(List<double> sorted, double share)
    {
        double at = share * (sorted.Count - 1);
        int below = (int)at;
        int above = Math.Min(below + 1, sorted.Count - 1);
        return sorted[below] + ((at - below) * (sorted[above] - sorted[below]));
    }
}
