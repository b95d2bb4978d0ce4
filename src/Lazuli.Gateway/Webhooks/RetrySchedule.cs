namespace Lazuli.Gateway;

/// <summary>When a delivery that failed is tried again: ten tries over about three days, as Standard Webhooks suggests, each a little later by chance so that they do not come together. Pure.</summary>
internal static class RetrySchedule
{
    private static readonly TimeSpan[] s_delays =
    [
        TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30), TimeSpan.FromHours(2), TimeSpan.FromHours(5),
        TimeSpan.FromHours(10), TimeSpan.FromHours(14), TimeSpan.FromHours(20), TimeSpan.FromHours(24),
    ];

    /// <summary>Tries in all.</summary>
    public static int MostTries => s_delays.Length + 1;

    /// <summary>How long to wait after a try; null after the last.</summary>
    /// <param name="tries">Tries so far, from 1.</param>
    /// <param name="asked">What the endpoint asked for, if it did; heeded up to a day.</param>
    /// <param name="chance">From 0 to 1; at 1 the wait is a tenth longer.</param>
    public static TimeSpan? After(int tries, TimeSpan? asked, double chance)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(tries, 1);
        if (tries > s_delays.Length)
        {
            return null;
        }

        TimeSpan wait = s_delays[tries - 1] * (1 + (Math.Clamp(chance, 0, 1) / 10));
        TimeSpan most = s_delays[^1];
        TimeSpan wanted = asked is { } time ? (time < most ? time : most) : TimeSpan.Zero;
        return wanted > wait ? wanted : wait;
    }
}
