using System.Globalization;
using System.Text.Json;

namespace Lazuli.Compute;

/// <summary>Reads the fields of one profile and says which one is wrong and why.</summary>
internal sealed class ProfileFields
{
    private readonly string _file;
    private readonly JsonElement _object;
    private readonly string _prefix;

    public ProfileFields(string file, string profile, JsonElement value, string prefix = "")
    {
        _file = file;
        Profile = profile;
        _object = value;
        _prefix = prefix;
        if (value.ValueKind != JsonValueKind.Object)
        {
            throw new HardwareProfileException(file, profile, prefix.TrimEnd('.'), $"expected an object; found {Kind(value)}.");
        }
    }

    public string Profile { get; }

    /// <summary>Refuses fields that nobody reads: a misspelt one would be passed over in silence.</summary>
    public void RefuseUnknown(params string[] known)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (JsonProperty property in _object.EnumerateObject())
        {
            if (!known.Contains(property.Name, StringComparer.Ordinal))
            {
                throw Wrong(property.Name, $"there is no such field; expected one of {string.Join(", ", known)}.");
            }

            if (!seen.Add(property.Name))
            {
                throw Wrong(property.Name, "it stands twice.");
            }
        }
    }

    public string Text(string field)
    {
        JsonElement value = Required(field, "a text");
        string? text = value.ValueKind == JsonValueKind.String ? value.GetString() : throw Wrong(field, $"expected a text; found {Kind(value)}.");
        return string.IsNullOrWhiteSpace(text) ? throw Wrong(field, "it is empty.") : text;
    }

    public string? OptionalText(string field) => Has(field) ? Text(field) : null;

    /// <summary>A finite number above 0 (or from 0 where <paramref name="zero"/>), at most <paramref name="most"/>.</summary>
    public double Positive(string field, string unit, double most, bool zero = false)
    {
        JsonElement value = Required(field, $"a number ({unit})");
        if (value.ValueKind != JsonValueKind.Number || !value.TryGetDouble(out double number))
        {
            throw Wrong(field, $"expected a number ({unit}); found {Kind(value)}.");
        }

        if (!double.IsFinite(number) || number < 0 || (number == 0 && !zero) || number > most)
        {
            string range = zero ? "from 0" : "above 0";
            throw Wrong(field, string.Create(CultureInfo.InvariantCulture, $"expected {unit}, {range} and at most {most:G3}; found {value.GetRawText()}."));
        }

        return number;
    }

    public double? OptionalPositive(string field, string unit, double most) => Has(field) ? Positive(field, unit, most) : null;

    public DateTimeOffset? OptionalTime(string field) =>
        !Has(field) ? null
        : DateTimeOffset.TryParse(Text(field), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time) ? time
        : throw Wrong(field, $"expected a date and time as 2026-11-23T09:00:00Z; found '{Text(field)}'.");

    public DateOnly Date(string field) =>
        DateOnly.TryParseExact(Text(field), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly date)
            ? date
            : throw Wrong(field, $"expected a date as 2026-11-23; found '{Text(field)}'.");

    public T OneOf<T>(string field)
        where T : struct, Enum
    {
        string text = Text(field);
        foreach (T value in Enum.GetValues<T>())
        {
            if (string.Equals(NameOf(value), text, StringComparison.Ordinal))
            {
                return value;
            }
        }

        throw Wrong(field, $"expected one of {string.Join(", ", Enum.GetValues<T>().Select(NameOf))}; found '{text}'.");
    }

    /// <summary>The object under <paramref name="field"/>; null where it is left out or null.</summary>
    public ProfileFields? OptionalObject(string field) => Has(field) ? Object(field) : null;

    public ProfileFields Object(string field) => new(_file, Profile, Required(field, "an object"), $"{_prefix}{field}.");

    public bool Has(string field) => _object.TryGetProperty(field, out JsonElement value) && value.ValueKind != JsonValueKind.Null;

    public HardwareProfileException Wrong(string field, string reason) => new(_file, Profile, _prefix + field, reason);

    /// <summary>The name of a value in files: camel case.</summary>
    public static string NameOf<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());

    private JsonElement Required(string field, string expected) =>
        _object.TryGetProperty(field, out JsonElement value) && value.ValueKind != JsonValueKind.Null
            ? value
            : throw Wrong(field, $"it is missing; expected {expected}.");

    private static string Kind(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        JsonValueKind.String => $"the text '{Short(value.GetString()!)}'",
        JsonValueKind.Number => $"the number {Short(value.GetRawText())}",
        _ => Short(value.GetRawText()),
    };

    private static string Short(string text) => text.Length <= 40 ? text : text[..40] + "…";
}
