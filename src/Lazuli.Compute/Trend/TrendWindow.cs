using System.Globalization;

namespace Lazuli.Compute;

/// <summary>Reads the ends of a window as people write them.</summary>
public static class TrendWindow
{
    private const int EarliestYear = 1900;
    private const int LatestYear = 2100;

    /// <summary>A moment as a decimal year: <c>2012</c> and <c>2012-01</c> are their first instants, <c>2012-09-30</c> the day's, <c>2012.75</c> itself.</summary>
    /// <returns>False when the text is none of these, or outside 1900 to 2100.</returns>
    public static bool TryParse(string text, out double decimalYear)
    {
        CultureInfo invariant = CultureInfo.InvariantCulture;
        if (DateOnly.TryParseExact(text, ["yyyy-MM-dd", "yyyy-MM"], invariant, DateTimeStyles.None, out DateOnly day))
        {
            decimalYear = EstimateDate.DecimalYearOf(day);
        }
        else if (!double.TryParse(text, NumberStyles.AllowDecimalPoint, invariant, out decimalYear))
        {
            return false;
        }

        return decimalYear is >= EarliestYear and <= LatestYear;
    }
}
