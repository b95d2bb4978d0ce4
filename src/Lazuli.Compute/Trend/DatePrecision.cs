namespace Lazuli.Compute;

/// <summary>How exactly a date is known.</summary>
public enum DatePrecision
{
    /// <summary>To the day.</summary>
    Day,

    /// <summary>To the month; calculations use its 15th.</summary>
    Month,

    /// <summary>To the year; calculations use the 1st of July.</summary>
    Year,
}
