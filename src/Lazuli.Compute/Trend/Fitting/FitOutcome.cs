namespace Lazuli.Compute;

/// <summary>What came of asking for a line.</summary>
public abstract record FitOutcome
{
    private FitOutcome()
    {
    }

    /// <summary>A line.</summary>
    /// <param name="Fit">The line and its interval.</param>
    public sealed record Fitted(TrendFit Fit) : FitOutcome;

    /// <summary>No line: too few systems, or all of one day.</summary>
    /// <param name="Query">What was asked.</param>
    /// <param name="DataSet">Name of the table.</param>
    /// <param name="Count">Systems in the window under the rule.</param>
    /// <param name="Reason">Why there is none, in a sentence.</param>
    public sealed record NotFitted(TrendQuery Query, string DataSet, int Count, string Reason) : FitOutcome;
}
