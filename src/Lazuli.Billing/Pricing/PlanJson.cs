using System.Globalization;
using System.Text.Json;
using Lazuli.Contracts;

namespace Lazuli.Billing;

/// <summary>Values of a document about money, or a refusal that names the place.</summary>
internal static class PlanJson
{
    public static BillingRefusedException Refuse(string place, string expected, string found) => new(BillingRefusal.Invalid, place, expected, found.Length == 0 ? "nothing" : found);

    /// <summary>Refuses what is no object and members that nobody knows.</summary>
    public static void Object(JsonElement json, string place, string[] members)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            throw Refuse(place, "an object", json.ValueKind.ToString());
        }

        foreach (JsonProperty member in json.EnumerateObject().Where(member => !members.Contains(member.Name)))
        {
            throw Refuse(place, "only " + string.Join(", ", members), member.Name);
        }
    }

    public static string Text(JsonElement json, string place, string member)
    {
        if (!json.TryGetProperty(member, out JsonElement value) || value.ValueKind != JsonValueKind.String)
        {
            throw Refuse($"{place}.{member}", "a text", value.ValueKind == JsonValueKind.Undefined ? "nothing" : value.GetRawText());
        }

        string text = value.GetString()!;
        return text.Length is > 0 and <= 200 && !text.AsSpan().ContainsAnyInRange('\0', '\u001f') ? text : throw Refuse($"{place}.{member}", "1 to 200 printable characters", text.Length == 0 ? "none" : $"{text.Length}");
    }

    /// <summary>A whole number in a range; <paramref name="otherwise"/> when it is left out, unless that is null.</summary>
    public static long Whole(JsonElement json, string place, string member, long least, long most, long? otherwise)
    {
        if (!json.TryGetProperty(member, out JsonElement value))
        {
            return otherwise ?? throw Refuse($"{place}.{member}", "a whole number", "nothing");
        }

        return value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out long number) && number >= least && number <= most
            ? number
            : throw Refuse($"{place}.{member}", $"a whole number from {least} to {most}", value.GetRawText());
    }

    /// <summary>A price in units of the currency, for <paramref name="per"/> units, as nano-units a unit; exact or refused.</summary>
    public static long Nanos(JsonElement json, string place, string member, long per)
    {
        string text = Text(json, place, member);
        string at = $"{place}.{member}";
        if (!decimal.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out decimal price) || text.Length > 28)
        {
            throw Refuse(at, "an amount such as \"0.15\"", text);
        }

        if (price < 0)
        {
            throw Refuse(at, "no negative price", text);
        }

        if (price > MostUnits)
        {
            throw Refuse(at, $"at most {MostUnits}", text);
        }

        decimal nanos = price * Money.NanosPerUnit / per;
        return nanos == decimal.Truncate(nanos) && nanos * per == price * Money.NanosPerUnit
            ? (long)nanos
            : throw Refuse(at, "whole nano-units (10⁻⁹) a unit", per == 1 ? text : $"{text} per {per}");
    }

    public static List<(JsonElement Element, string Place)> Items(JsonElement json, string place, string member, int least, int most)
    {
        if (!json.TryGetProperty(member, out JsonElement value) || value.ValueKind != JsonValueKind.Array || value.GetArrayLength() < least || value.GetArrayLength() > most)
        {
            throw Refuse($"{place}.{member}", $"a list of {least} to {most}", value.ValueKind == JsonValueKind.Array ? $"{value.GetArrayLength()}" : value.ValueKind.ToString());
        }

        return [.. value.EnumerateArray().Select((item, i) => (item, $"{place}.{member}[{i}]"))];
    }

    /// <summary>Small letters, digits and hyphens.</summary>
    public static bool IsName(string text) => text.Length is > 0 and <= 64 && text.All(c => c is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '-');

    /// <summary>The largest price: beyond it, sums could leave 64 bits.</summary>
    private const decimal MostUnits = 1_000_000_000;
}
