using System.Globalization;
using System.Text.Json;

namespace Lazuli.Models;

/// <summary>A JSON value that knows where it stands, so that every complaint about it names the place.</summary>
internal readonly struct JsonPlace(JsonElement value, string place)
{
    public string Place => place;

    public JsonValueKind Kind => value.ValueKind;

    public bool IsNull => value.ValueKind == JsonValueKind.Null;

    public int Length => value.GetArrayLength();

    /// <summary>The member of this object; an error where it is missing.</summary>
    public JsonPlace this[string name] => Find(name) ?? throw new TokenizerFormatException(place, $"a member \"{name}\"", "none");

    /// <summary>The member of this object, or null where it is missing or null.</summary>
    public JsonPlace? Find(string name)
    {
        Require(JsonValueKind.Object, "an object");
        return value.TryGetProperty(name, out JsonElement member) && member.ValueKind != JsonValueKind.Null ? new JsonPlace(member, $"{place}.{name}") : null;
    }

    public string AsString()
    {
        Require(JsonValueKind.String, "a string");
        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException e)
        {
            throw new TokenizerFormatException(place, "a string of Unicode text", "half a surrogate pair", e);
        }
    }

    public bool AsBoolean() => value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Wrong("true or false"),
    };

    public int AsInteger(int limit)
    {
        Require(JsonValueKind.Number, "a number");
        return value.TryGetInt32(out int number) && number >= 0 && number < limit
            ? number
            : throw Wrong(string.Create(CultureInfo.InvariantCulture, $"an integer from 0 to {limit - 1}"));
    }

    public IEnumerable<JsonPlace> Items()
    {
        Require(JsonValueKind.Array, "an array");
        return Walk(value, place);

        static IEnumerable<JsonPlace> Walk(JsonElement array, string place)
        {
            int i = 0;
            foreach (JsonElement item in array.EnumerateArray())
            {
                yield return new JsonPlace(item, string.Create(CultureInfo.InvariantCulture, $"{place}[{i++}]"));
            }
        }
    }

    public IEnumerable<(string Name, JsonPlace Value)> Members()
    {
        Require(JsonValueKind.Object, "an object");
        return Walk(value, place);

        static IEnumerable<(string, JsonPlace)> Walk(JsonElement members, string place)
        {
            foreach (JsonProperty member in members.EnumerateObject())
            {
                string name;
                try
                {
                    name = member.Name;
                }
                catch (InvalidOperationException e)
                {
                    throw new TokenizerFormatException(place, "names of Unicode text", "half a surrogate pair", e);
                }

                yield return (name, new JsonPlace(member.Value, $"{place}[\"{name}\"]"));
            }
        }
    }

    /// <summary>An error that shows this value, shortened.</summary>
    public TokenizerFormatException Wrong(string expected)
    {
        string text = value.GetRawText();
        return new TokenizerFormatException(place, expected, text.Length <= 120 ? text : text[..120] + "…");
    }

    private void Require(JsonValueKind kind, string expected)
    {
        if (value.ValueKind != kind)
        {
            throw Wrong(expected);
        }
    }
}
