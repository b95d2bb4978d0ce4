using System.Globalization;

namespace Lazuli.Storage;

/// <summary>Times in the database: ISO 8601, UTC, seven digits after the second, so that text order is time order.</summary>
public static class StoredTime
{
    private const string Pattern = "yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'";

    /// <summary>The time as it is stored.</summary>
    public static string Format(DateTimeOffset time) => time.UtcDateTime.ToString(Pattern, CultureInfo.InvariantCulture);

    /// <summary>The time that was stored.</summary>
    /// <exception cref="FormatException">The text was not written by <see cref="Format"/>.</exception>
    public static DateTimeOffset Parse(string text) =>
        new(DateTime.ParseExact(text, Pattern, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal));
}
