using System.Globalization;

namespace Lazuli.Gateway;

/// <summary>Durations as OpenAI's headers write them: <c>60ms</c>, <c>1s</c>, <c>6m0s</c>, <c>23h59m59s</c>.</summary>
internal static class DurationText
{
    public static string Of(TimeSpan duration)
    {
        if (duration <= TimeSpan.Zero)
        {
            return "0s";
        }

        if (duration < TimeSpan.FromSeconds(1))
        {
            return string.Create(CultureInfo.InvariantCulture, $"{(long)Math.Ceiling(duration.TotalMilliseconds)}ms");
        }

        long seconds = (long)Math.Ceiling(duration.TotalSeconds);
        return seconds < 60 ? string.Create(CultureInfo.InvariantCulture, $"{seconds}s")
            : seconds < 3600 ? string.Create(CultureInfo.InvariantCulture, $"{seconds / 60}m{seconds % 60}s")
            : string.Create(CultureInfo.InvariantCulture, $"{seconds / 3600}h{seconds / 60 % 60}m{seconds % 60}s");
    }
}
