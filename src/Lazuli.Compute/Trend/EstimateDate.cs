using System.Globalization;

namespace Lazuli.Compute;

/// <summary>When a system was published, and how exactly that is known.</summary>
/// <param name="Day">The day that calculations use: the 15th of a month, the 1st of July of a year.</param>
/// <param name="Precision">How exactly the date is known.</param>
public readonly record struct EstimateDate(DateOnly Day, DatePrecision Precision)
{
    private const int MidMonth = 15;

    /// <summary>The date as a decimal year: the calendar year plus the share of it that has passed when the day begins.</summary>
    public double DecimalYear => DecimalYearOf(Day);

    /// <summary>The decimal year of a day: 2012-07-01 is 2012 + 182/366.</summary>
    public static double DecimalYearOf(DateOnly day) => day.Year + ((day.DayOfYear - 1) / (DateTime.IsLeapYear(day.Year) ? 366.0 : 365.0));

    /// <summary>Reads <c>2012-09-30</c>, <c>2012-09</c> or <c>2012</c>.</summary>
    public static bool TryParse(string text, out EstimateDate date)
    {
        CultureInfo invariant = CultureInfo.InvariantCulture;
        if (DateOnly.TryParseExact(text, "yyyy-MM-dd", invariant, DateTimeStyles.None, out DateOnly day))
        {
            date = new EstimateDate(day, DatePrecision.Day);
            return true;
        }

        if (DateOnly.TryParseExact(text, "yyyy-MM", invariant, DateTimeStyles.None, out DateOnly month))
        {
            date = new EstimateDate(new DateOnly(month.Year, month.Month, MidMonth), DatePrecision.Month);
            return true;
        }

        bool isYear = DateOnly.TryParseExact(text, "yyyy", invariant, DateTimeStyles.None, out DateOnly year);
        date = isYear ? new EstimateDate(new DateOnly(year.Year, 7, 1), DatePrecision.Year) : default;
        return isYear;
    }

    /// <inheritdoc/>
    public override string ToString() => Day.ToString(
        Precision switch { DatePrecision.Day => "yyyy-MM-dd", DatePrecision.Month => "yyyy-MM", _ => "yyyy" },
        CultureInfo.InvariantCulture);
}
