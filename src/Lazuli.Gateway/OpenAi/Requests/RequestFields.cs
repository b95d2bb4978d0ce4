using System.Globalization;
using System.Text.Json;

namespace Lazuli.Gateway;

/// <summary>The fields of a JSON object, read by type; a wrong type or range names the field. An absent field and null are the same.</summary>
/// <param name="element">An object.</param>
/// <param name="path">Where the object stands, e.g. <c>messages[2].</c>; empty for the body itself.</param>
internal readonly struct RequestFields(JsonElement element, string path = "")
{
    public JsonElement? Find(string name)
    {
        try
        {
            return element.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? value : null;
        }
        catch (InvalidOperationException)
        {
            // Another field's name, met on the way, escapes half of a surrogate pair.
            throw Refuse("The body of the request has a field whose name is not valid Unicode.", null);
        }
    }

    public string Path(string name) => path + name;

    public string? String(string name) => Find(name) is { } value ? ReadString(value, Path(name)) : null;

    public bool? Boolean(string name) => Find(name) is { } value
        ? value.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => throw WrongType(Path(name), "a boolean", value),
        }
        : null;

    public int? Integer(string name, int min, int max) => (int?)Long(name, min, max);

    public long? Long(string name, long min = long.MinValue, long max = long.MaxValue)
    {
        if (Find(name) is not { } value)
        {
            return null;
        }

        if (value.ValueKind != JsonValueKind.Number || !value.TryGetInt64(out long number))
        {
            throw WrongType(Path(name), "an integer", value);
        }

        return number < min ? throw TooSmall(Path(name), value, min) : number > max ? throw TooLarge(Path(name), value, max) : number;
    }

    public double? Number(string name, double min, double max)
    {
        if (Find(name) is not { } value)
        {
            return null;
        }

        if (value.ValueKind != JsonValueKind.Number || !value.TryGetDouble(out double number))
        {
            throw WrongType(Path(name), "a number", value);
        }

        return number < min ? throw TooSmall(Path(name), value, min) : number > max ? throw TooLarge(Path(name), value, max) : number;
    }

    public JsonElement? Array(string name) =>
        Find(name) is { } value ? value.ValueKind == JsonValueKind.Array ? value : throw WrongType(Path(name), "an array", value) : null;

    public RequestFields? Object(string name) =>
        Find(name) is { } value ? ReadObject(value, Path(name)) : null;

    public static RequestFields ReadObject(JsonElement value, string param) =>
        value.ValueKind == JsonValueKind.Object ? new RequestFields(value, param + ".") : throw WrongType(param, "an object", value);

    public static string ReadString(JsonElement value, string param)
    {
        if (value.ValueKind != JsonValueKind.String)
        {
            throw WrongType(param, "a string", value);
        }

        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException)
        {
            // JSON can escape half of a surrogate pair, which is no text in any encoding.
            throw Refuse($"Invalid value for '{param}': the text is not valid Unicode.", param);
        }
    }

    public static RequestRefusedException Refuse(string message, string? param) => new(OpenAiError.Invalid(message, param));

    public static RequestRefusedException WrongType(string param, string expected, JsonElement found) =>
        Refuse($"Invalid type for '{param}': expected {expected}, but got {Describe(found)} instead.", param);

    public static RequestRefusedException Missing(string param) => Refuse($"Missing required parameter: '{param}'.", param);

    public static string Describe(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => value.GetArrayLength() == 0 ? "an empty array" : "an array",
        JsonValueKind.String => "a string",
        JsonValueKind.Number => value.TryGetInt64(out _) ? "an integer" : "a number that is not a 64-bit integer",
        JsonValueKind.True or JsonValueKind.False => "a boolean",
        _ => "null",
    };

    private static RequestRefusedException TooSmall(string param, JsonElement value, double min) =>
        Refuse(string.Create(CultureInfo.InvariantCulture, $"{value.GetRawText()} is less than the minimum of {min} - '{param}'"), param);

    private static RequestRefusedException TooLarge(string param, JsonElement value, double max) =>
        Refuse(string.Create(CultureInfo.InvariantCulture, $"{value.GetRawText()} is greater than the maximum of {max} - '{param}'"), param);
}
