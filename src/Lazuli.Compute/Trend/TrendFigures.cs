using System.Globalization;

namespace Lazuli.Compute;

/// <summary>How figures of the trend are written, in text and in pictures alike.</summary>
public static class TrendFigures
{
    private static readonly CultureInfo s_invariant = CultureInfo.InvariantCulture;

    /// <summary>Operations to three digits: <c>1.61e+23</c>.</summary>
    public static string Flop(double flop) => flop.ToString("0.00e+0", s_invariant);

    /// <summary>Months to two decimals; <c>∞</c> for no growth.</summary>
    public static string Months(double months) => double.IsPositiveInfinity(months) ? "∞" : months.ToString(months < 100 ? "0.00" : "0", s_invariant);

    /// <summary>An interval: <c>[2.47; 4.17]</c>.</summary>
    public static string Interval(DoublingInterval? interval) => interval is null ? "[too few points]" : $"[{Months(interval.Low)}; {Months(interval.High)}]";

    /// <summary>A ratio: exact to the unit below a million, then in words, then as a power.</summary>
    public static string Times(double ratio) => ratio switch
    {
        < 100 => ratio.ToString("0.0", s_invariant),
        < 1e6 => ratio.ToString("N0", s_invariant),
        < 1e9 => (ratio / 1e6).ToString("0.0", s_invariant) + " million",
        < 1e12 => (ratio / 1e9).ToString("0.0", s_invariant) + " billion",
        _ => ratio.ToString("0.0e+0", s_invariant),
    };

    /// <summary>A window: <c>2012–2018</c>.</summary>
    public static string Window(TrendQuery query)
    {
        string from = query.From?.ToString("0.##", s_invariant) ?? "start";
        return from + "–" + (query.To?.ToString("0.##", s_invariant) ?? "today");
    }

    /// <summary>The rule's name on the command line.</summary>
    public static string Rule(FrontierRule rule) => Frontier.NameOf(rule);

    /// <summary>The scope in a few words.</summary>
    public static string Scope(ComputeScope scope) => scope switch
    {
        ComputeScope.Direct => "direct",
        ComputeScope.IncludingGeneration => "incl. self-play",
        _ => "scope unknown",
    };
}
