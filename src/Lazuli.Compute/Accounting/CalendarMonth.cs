using System.Globalization;

namespace Lazuli.Compute;

/// <summary>A calendar month in UTC.</summary>
public readonly record struct CalendarMonth
{
    private const int MinYear = 2000;
    private const int MaxYear = 9998; // so that the month after it exists

    private readonly int _year;
    private readonly int _month;

    private CalendarMonth(int year, int month)
    {
        _year = year;
        _month = month;
    }

    /// <summary>Its first instant.</summary>
    public DateTimeOffset Start => new(_year, _month, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The first instant after it.</summary>
    public DateTimeOffset End => Start.AddMonths(1);

    /// <summary>The month that holds <paramref name="moment"/>.</summary>
    public static CalendarMonth Of(DateTimeOffset moment) => new(moment.UtcDateTime.Year, moment.UtcDateTime.Month);

    /// <summary>Reads <c>YYYY-MM</c>, e.g. 2026-11; nothing else is taken.</summary>
    public static bool TryParse(string? text, out CalendarMonth month)
    {
        month = default;
        if (text is not { Length: 7 } || text[4] != '-'
            || !int.TryParse(text.AsSpan(0, 4), NumberStyles.None, CultureInfo.InvariantCulture, out int year)
            || !int.TryParse(text.AsSpan(5), NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            || year is < MinYear or > MaxYear || number is < 1 or > 12)
        {
            return false;
        }

        month = new CalendarMonth(year, number);
        return true;
    }

    /// <summary><c>YYYY-MM</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{_year:0000}-{_month:00}");
}
