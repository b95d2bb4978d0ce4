using System.Text.Json;
using System.Text.Unicode;

namespace Lazuli.Models;

/// <summary>Typed fields of a JSON object in a model's file; a wrong one is a <see cref="ModelFormatException"/> that names it.</summary>
internal readonly struct JsonFields
{
    private readonly string _path;
    private readonly string _prefix;
    private readonly JsonElement _object;

    private JsonFields(string path, string prefix, JsonElement element)
    {
        _path = path;
        _prefix = prefix;
        _object = element;
    }

    /// <summary>Reads a file that holds one object of at most <paramref name="maxLength"/> bytes.</summary>
    /// <exception cref="ModelFormatException">It is no such object, or has a key twice.</exception>
    public static JsonFields Open(string path, int maxLength)
    {
        long length = new FileInfo(path).Length;
        if (length > maxLength)
        {
            throw new ModelFormatException(path, "size", $"at most {maxLength} bytes", $"{length}");
        }

        byte[] bytes = File.ReadAllBytes(path);
        if (!Utf8.IsValid(bytes))
        {
            throw new ModelFormatException(path, "start", "UTF-8", "other bytes");
        }

        try
        {
            using var document = JsonDocument.Parse(bytes, new JsonDocumentOptions { AllowDuplicateProperties = false });
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? new JsonFields(path, "", document.RootElement.Clone())
                : throw new ModelFormatException(path, "start", "a JSON object", document.RootElement.ValueKind.ToString());
        }
        catch (JsonException e)
        {
            throw new ModelFormatException(path, $"line {e.LineNumber + 1}", "JSON", e.Message, e);
        }
        catch (InvalidOperationException e)
        {
            throw new ModelFormatException(path, "a name", "Unicode characters", "half a surrogate pair", e);
        }
    }

    /// <summary>All fields.</summary>
    public IReadOnlyList<KeyValuePair<string, JsonElement>> All
    {
        get
        {
            try
            {
                return [.. _object.EnumerateObject().Select(p => KeyValuePair.Create(p.Name, p.Value))];
            }
            catch (InvalidOperationException e)
            {
                throw new ModelFormatException(_path, _prefix.Length > 0 ? _prefix.TrimEnd('.') : "a name", "names of Unicode characters", "half a surrogate pair", e);
            }
        }
    }

    /// <summary>Whether the field is there and not null.</summary>
    public bool Has(string name) => _object.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null;

    /// <summary>A whole number from 1 to <paramref name="maximum"/>; <paramref name="otherwise"/> when absent.</summary>
    public int Count(string name, int maximum, int? otherwise = null)
    {
        if (!Has(name))
        {
            return otherwise ?? throw Bad(name, "a whole number", "nothing");
        }

        JsonElement value = _object.GetProperty(name);
        return value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number) && number >= 1 && number <= maximum
            ? number
            : throw Bad(name, $"a whole number from 1 to {maximum}", Show(value));
    }

    /// <summary>A finite number above 0; <paramref name="otherwise"/> when absent.</summary>
    public double Positive(string name, double otherwise)
    {
        if (!Has(name))
        {
            return otherwise;
        }

        JsonElement value = _object.GetProperty(name);
        return value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double number) && number > 0 && double.IsFinite(number)
            ? number
            : throw Bad(name, "a number above 0", Show(value));
    }

    /// <summary>true or false; <paramref name="otherwise"/> when absent.</summary>
    public bool Flag(string name, bool otherwise)
    {
        if (!Has(name))
        {
            return otherwise;
        }

        JsonElement value = _object.GetProperty(name);
        return value.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => throw Bad(name, "true or false", Show(value)),
        };
    }

    /// <summary>A text; null when absent.</summary>
    public string? Text(string name)
    {
        if (!Has(name))
        {
            return null;
        }

        JsonElement value = _object.GetProperty(name);
        return value.ValueKind == JsonValueKind.String ? TextOf(name, value) : throw Bad(name, "a text", Show(value));
    }

    /// <summary>Ids: one number, or an array of them; empty when absent.</summary>
    public IReadOnlyList<int> Ids(string name)
    {
        if (!Has(name))
        {
            return [];
        }

        JsonElement value = _object.GetProperty(name);
        JsonElement[] elements = value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray()] : [value];
        var ids = new List<int>();
        foreach (JsonElement element in elements)
        {
            ids.Add(element.ValueKind == JsonValueKind.Number && element.TryGetInt32(out int id) && id >= 0 ? id : throw Bad(name, "an id or an array of ids", Show(value)));
        }

        return ids;
    }

    /// <summary>An object inside this one; null when absent.</summary>
    public JsonFields? Child(string name)
    {
        if (!Has(name))
        {
            return null;
        }

        JsonElement value = _object.GetProperty(name);
        return value.ValueKind == JsonValueKind.Object ? new JsonFields(_path, _prefix + name + ".", value) : throw Bad(name, "an object", Show(value));
    }

    /// <summary>Any value; null when absent.</summary>
    public JsonElement? Value(string name) => Has(name) ? _object.GetProperty(name) : null;

    /// <summary>An array; empty when absent.</summary>
    public IReadOnlyList<JsonElement> Items(string name)
    {
        if (!Has(name))
        {
            return [];
        }

        JsonElement value = _object.GetProperty(name);
        return value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray()] : throw Bad(name, "an array", Show(value));
    }

    /// <summary>The text of an element, which must be one.</summary>
    public string TextOf(string name, JsonElement value)
    {
        try
        {
            return value.ValueKind == JsonValueKind.String ? value.GetString()! : throw Bad(name, "a text", Show(value));
        }
        catch (InvalidOperationException e)
        {
            throw new ModelFormatException(_path, _prefix + name, "a text of Unicode characters", "half a surrogate pair", e);
        }
    }

    /// <summary>The error of a field with a wrong value.</summary>
    public ModelFormatException Bad(string name, string expected, string found) => new(_path, _prefix + name, expected, found);

    /// <summary>The error of a field whose value this program does not implement.</summary>
    public ModelFormatException Unsupported(string name, string expected) => Bad(name, expected + " (nothing else is implemented)", Show(_object.GetProperty(name)));

    private static string Show(JsonElement value)
    {
        string raw = value.GetRawText();
        return raw.Length <= 100 ? raw : raw[..100] + "…";
    }
}
