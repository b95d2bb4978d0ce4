using Lazuli.Contracts;

namespace Lazuli.Billing;

/// <summary>The report's figures with their definitions. Pure.</summary>
internal static class BenefitFigures
{
    /// <param name="uses">A row a party.</param>
    /// <param name="currency">Of amounts.</param>
    /// <param name="accruedNanos">What all use of the period came to at plain prices.</param>
    /// <param name="usedNanos">Pledged credit used in the period.</param>
    public static IReadOnlyList<BenefitFigure> Of(IReadOnlyList<BenefitUse> uses, Currency currency, long accruedNanos, long usedNanos)
    {
        long[] tokens = [.. uses.Select(use => use.Tokens)];
        long given = uses.Sum(use => use.PledgedNanos);
        return
        [
            new("parties", tokens.Count(use => use > 0), "parties", "parties with at least one token in the period, zero-priced use included"),
            new("tokens", tokens.Sum(use => (decimal)use), "tokens", "prompt tokens, cached ones included, and generated tokens of all requests that ended in the period"),
            new("concentration", Concentration.HerfindahlHirschman(tokens), "HHI, 0 to 10,000", "Herfindahl-Hirschman index: sum over parties of (percent of all tokens)²; 10,000 when one party has all"),
            new("top share", Concentration.TopPercent(tokens), "percent", "percent of all tokens that the party with the most has"),
            new("given", new Money(given, currency).Units, currency.Code, "pledged credit that was given to public-interest parties in the period"),
            new("given and used", new Money(usedNanos, currency).Units, currency.Code, "pledged credit that paid for use in the period, whenever it was given"),
            new("share given away", accruedNanos <= 0 ? 0 : decimal.Round(100m * usedNanos / accruedNanos, 2), "percent", "pledged credit used ÷ what all use of the period comes to at plain prices × 100; 0 where nothing had a price"),
        ];
    }
}
