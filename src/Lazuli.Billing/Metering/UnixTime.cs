namespace Lazuli.Billing;

/// <summary>Times as metering stores them: whole microseconds since 1970-01-01 UTC.</summary>
internal static class UnixTime
{
    /// <summary>As it is stored.</summary>
    public static long Microseconds(DateTimeOffset time) => (time.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks) / TimeSpan.TicksPerMicrosecond;

    /// <summary>As it was.</summary>
    public static DateTimeOffset FromMicroseconds(long microseconds) => DateTimeOffset.UnixEpoch.AddTicks(microseconds * TimeSpan.TicksPerMicrosecond);

    /// <summary>First second of the interval that the time falls into.</summary>
    public static long Interval(long microseconds, int lengthSeconds)
    {
        long seconds = microseconds / 1_000_000;
        return seconds - (seconds % lengthSeconds);
    }
}
