using System.CommandLine;
using System.Globalization;

namespace Lazuli.Cli;

/// <summary>A period on the command line, and in the admin API's addresses.</summary>
internal static class PeriodOptions
{
    /// <summary>Its first instant.</summary>
    public static Option<DateTimeOffset> From() => new("--from") { Description = "First instant of the period.", Required = true };

    /// <summary>The first instant after it.</summary>
    public static Option<DateTimeOffset> Until() => new("--until") { Description = "First instant after it.", Required = true };

    /// <summary><c>from=…&amp;until=…</c>.</summary>
    public static string Query(DateTimeOffset from, DateTimeOffset until) =>
        $"from={Uri.EscapeDataString(from.ToString("O", CultureInfo.InvariantCulture))}&until={Uri.EscapeDataString(until.ToString("O", CultureInfo.InvariantCulture))}";
}
