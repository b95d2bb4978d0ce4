namespace Lazuli.Compute;

/// <summary>Doubling times and slopes. A month is a twelfth of a year, 365.25 / 12 = 30.4375 days on average.</summary>
public static class DoublingTime
{
    /// <summary>Months in a year.</summary>
    public const double MonthsPerYear = 12;

    /// <summary>Days in a month: 365.25 / 12.</summary>
    public const double DaysPerMonth = 365.25 / MonthsPerYear;

    /// <summary>Months a doubling of a growth in factors of ten a year: <c>12 · log10(2) / slope</c>; infinite when the slope is not above zero.</summary>
    public static double FromOrdersPerYear(double ordersPerYear) => ordersPerYear > 0 ? MonthsPerYear * Math.Log10(2) / ordersPerYear : double.PositiveInfinity;

    /// <summary>The factor by which something grows in <paramref name="years"/> when it doubles every <paramref name="doublingMonths"/>.</summary>
    public static double Growth(double years, double doublingMonths) => Math.Pow(2, years * MonthsPerYear / doublingMonths);
}
