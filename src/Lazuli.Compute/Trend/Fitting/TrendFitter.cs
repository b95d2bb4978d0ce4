using System.Globalization;

namespace Lazuli.Compute;

/// <summary>Fits a line to what a rule takes of one table. One table at a time: tables of different scope have nothing to be joined by.</summary>
public static class TrendFitter
{
    private const int FewestSystems = 3;

    /// <summary>The line, its 95 % interval and its end points; or why there is none.</summary>
    /// <exception cref="ArgumentException">The window ends before it begins, or resamples or noise are out of range.</exception>
    public static FitOutcome Fit(ComputeDataSet dataSet, TrendQuery query)
    {
        ArgumentNullException.ThrowIfNull(dataSet);
        Check(query);
        ComputeEstimate[] history = [.. dataSet.Estimates.Where(e => e.Date.DecimalYear >= (query.HistoryFrom ?? double.MinValue))];
        ComputeEstimate[] fitted = [.. Frontier.Select(history, query.Rule).Where(e => e.Date.DecimalYear >= (query.From ?? double.MinValue) && e.Date.DecimalYear < (query.To ?? double.MaxValue))];
        if (fitted.Length < FewestSystems)
        {
            string few = string.Create(CultureInfo.InvariantCulture, $"A line wants {FewestSystems} systems or more; {fitted.Length} in this window under the rule '{Frontier.NameOf(query.Rule)}'.");
            return new FitOutcome.NotFitted(query, dataSet.Name, fitted.Length, few);
        }

        double[] x = [.. fitted.Select(e => e.Date.DecimalYear)];
        double[] y = [.. fitted.Select(e => Math.Log10(e.Flop))];
        if (LeastSquares.Fit(x, y) is not { } line)
        {
            return new FitOutcome.NotFitted(query, dataSet.Name, fitted.Length, "All systems of the window came out on one day: there is no time to grow in.");
        }

        return new FitOutcome.Fitted(new TrendFit
        {
            DataSet = dataSet.Name,
            Digest = dataSet.Digest,
            Scope = dataSet.Scope,
            Query = query,
            Fitted = fitted,
            OrdersPerYear = line.Slope,
            MeanLog10Flop = line.MeanY,
            MeanYear = line.MeanX,
            RSquared = line.RSquared,
            Interval = SlopeBootstrap.Run(x, y, query),
            Ends = new EndPoints(fitted[0], fitted.MaxBy(e => e.Flop)!),
        });
    }

    private static void Check(TrendQuery query)
    {
        ArgumentNullException.ThrowIfNull(query);
        if (query.From >= query.To)
        {
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"The window begins at {query.From:0.##} and ends at {query.To:0.##}: it must end after it begins."), nameof(query));
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(query.Resamples, 1, nameof(query));
        if (!(query.NoiseFactor is >= 1 and <= 1000))
        {
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"The noise factor is from 1 (none) to 1000; found {query.NoiseFactor}."), nameof(query));
        }
    }
}
