namespace Lazuli.Billing;

/// <summary>How unevenly use is spread. Pure.</summary>
internal static class Concentration
{
    /// <summary>Herfindahl-Hirschman index: the sum of squared percentage shares, 10,000 where one has all, 10,000 ÷ n where n have the same; 0 for no use.</summary>
    public static decimal HerfindahlHirschman(IReadOnlyList<long> uses)
    {
        decimal total = uses.Sum(use => (decimal)use);
        return total == 0 ? 0 : decimal.Round(uses.Sum(use => 100 * use / total * (100 * use / total)), 2);
    }

    /// <summary>Percent of the whole that the greatest has; 0 for no use.</summary>
    public static decimal TopPercent(IReadOnlyList<long> uses)
    {
        decimal total = uses.Sum(use => (decimal)use);
        return total == 0 ? 0 : decimal.Round(100 * uses.Max() / total, 2);
    }
}
