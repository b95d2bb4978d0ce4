using System.Globalization;

namespace Lazuli.Compute;

/// <summary>The statements that go round about the growth from 2012 to 2018: quoted ones, and what the points say.</summary>
internal static class TrendClaims
{
    public const double FirstText = 3.5;
    public const double LaterText = 3.4;
    public const double BestFit = 3.43;
    public const double MooreLong = 24;
    public const double MooreShort = 18;
    public const double SaidRatio = 300_000;
    public const string Start = "AlexNet";
    public const string End = "AlphaGo Zero";

    /// <summary>From AlexNet to AlphaGo Zero in a table; null when it lacks one of them.</summary>
    public static EndPoints? Ends(ComputeDataSet dataSet) =>
        dataSet.Find(Start) is { } from && dataSet.Find(End) is { } to ? new EndPoints(from, to) : null;

    public static IReadOnlyList<TrendClaim> Make(ComputeDataSet openAi, IEnumerable<ComputeDataSet> others, TrendFit refit)
    {
        EndPoints ends = Ends(openAi)!;
        double years = ends.Months / DoublingTime.MonthsPerYear;
        string span = string.Create(CultureInfo.InvariantCulture, $"{Start} ({ends.From.Date}) to {End} ({ends.To.Date}), {ends.Months:0.0} months");
        var claims = new List<TrendClaim>
        {
            new("text of May 2018", FirstText, SaidRatio, false, "The article as first published: a 3.5-month doubling, more than 300,000 times since 2012."),
            new("later text", LaterText, SaidRatio, false, "The article since its correction: a 3.4-month doubling."),
            new("line of best fit", BestFit, DoublingTime.Growth(years, BestFit), false, $"The article's own regression, 3.43 months. Along it, {span} gives the ratio shown: less than 300,000, which is no fit but a ratio of two systems."),
            new("our refit", refit.DoublingMonths, null, true, $"Least squares over the article's {refit.Fitted.Count} modern systems; 95 % {TrendFigures.Interval(refit.Interval)}, R² {refit.RSquared.ToString("0.00", CultureInfo.InvariantCulture)}."),
            new("end points", ends.DoublingMonths, ends.Ratio, true, $"{span}: the two systems' ratio, spread evenly over the time between. This is the article's 300,000."),
        };
        foreach (ComputeDataSet other in others)
        {
            if (Ends(other) is { } same)
            {
                claims.Add(new($"end points in {other.Name}", same.DoublingMonths, same.Ratio, true, $"The same two systems in a table that counts {TrendScopeException.Describe(other.Scope)}."));
            }
        }

        claims.Add(new("Moore's law, 24 months", MooreLong, DoublingTime.Growth(years, MooreLong), true, $"A doubling every two years over {span} (the article counts to 2018 and says 7 times)."));
        claims.Add(new("Moore's law, 18 months", MooreShort, DoublingTime.Growth(years, MooreShort), true, "A doubling every eighteen months over the same time (the article's first text says 12 times)."));
        return claims;
    }
}
