using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Lazuli.Contracts;

namespace Lazuli.Gateway;

/// <summary>A place in a list of requests as clients keep it: nothing they should read, and nothing that says more than the list did.</summary>
internal static class UsageCursorText
{
    private const string Prefix = "page_";
    private const char Between = '|';

    /// <summary>The place behind an event.</summary>
    public static string Write(MeterEvent last) =>
        Prefix + Base64Url.EncodeToString(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{last.At.UtcTicks}{Between}{last.Sequence}{Between}{last.Source}")));

    /// <summary>Reads it back; null when it is none.</summary>
    public static UsageCursor? Read(string page)
    {
        if (!page.StartsWith(Prefix, StringComparison.Ordinal) || !Base64Url.IsValid(page.AsSpan(Prefix.Length)))
        {
            return null;
        }

        string[] parts = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(page.AsSpan(Prefix.Length))).Split(Between, 3);
        return parts.Length == 3
            && long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out long ticks) && ticks <= DateTime.MaxValue.Ticks && ticks >= DateTimeOffset.UnixEpoch.Ticks
            && long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out long sequence) && !parts[2].Contains('\0', StringComparison.Ordinal)
            ? new UsageCursor(new DateTimeOffset(ticks, TimeSpan.Zero), parts[2], sequence)
            : null;
    }
}
