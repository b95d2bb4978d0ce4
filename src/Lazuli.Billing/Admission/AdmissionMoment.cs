namespace Lazuli.Billing;

/// <summary>When something is decided.</summary>
/// <param name="LimitTicks">Of a clock that runs evenly whatever is done to the machine's; the windows of limits go by it.</param>
/// <param name="Utc">Billing time; days and months go by it. Never goes back.</param>
internal readonly record struct AdmissionMoment(long LimitTicks, DateTimeOffset Utc)
{
    /// <summary>Days since 1970-01-01, UTC.</summary>
    public int Day { get; } = (int)((Utc.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks) / TimeSpan.TicksPerDay);

    /// <summary>Months since the year 0, UTC.</summary>
    public int Month { get; } = (Utc.UtcDateTime.Year * 12) + Utc.UtcDateTime.Month - 1;

}
