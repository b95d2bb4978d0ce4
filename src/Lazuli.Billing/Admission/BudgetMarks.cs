namespace Lazuli.Billing;

/// <summary>Marks of a budget that are told, as bits: 50, 80 and 100 % of a day's, and above them of a month's. Pure.</summary>
internal static class BudgetMarks
{
    /// <summary>All of it, of the day.</summary>
    public const int DayWhole = 4;

    /// <summary>The day's marks.</summary>
    public const int Day = 7;

    /// <summary>The month's marks.</summary>
    public const int Month = Day << MonthShift;

    /// <summary>How far above the day's marks the month's are.</summary>
    public const int MonthShift = 3;

    /// <summary>The percentages, from the lowest bit on.</summary>
    public static ReadOnlySpan<int> Percentages => [50, 80, 100];

    /// <summary>The day's marks that a spend has reached.</summary>
    public static int Reached(long limitNanos, long spentNanos)
    {
        // The least whole amounts that are at least half and four fifths of the limit, without a product that could overflow.
        long half = limitNanos - (limitNanos / 2);
        long fourFifths = limitNanos - (limitNanos / 5);
        return spentNanos < half || spentNanos <= 0 ? 0 : spentNanos < fourFifths ? 1 : spentNanos < limitNanos ? 3 : Day;
    }
}
