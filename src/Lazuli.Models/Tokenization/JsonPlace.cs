using System.Globalization;
using System.Text.Json;

namespace Lazuli.Models;

/// <summary>A JSON value that knows where it stands, so that every complaint about it names the place.</summary>
/// <remarks>The place is put into words only when somebody asks: a vocabulary has hundreds of thousands of values without a fault.</remarks>
internal readonly struct JsonPlace(JsonElement value, string parent, string? name = null, int index = -1)
{
    public string Place => this switch
    {
        _ when index >= 0 => string.Create(CultureInfo.InvariantCulture, $"{parent}[{index}]"),
        _ when name is null => parent,
        _ when name.All(c => char.IsAsciiLetter(c) || c == '_') => $"{parent}.{name}",
        _ => $"{parent}[\"{name}\"]",
    };

    public JsonValueKind Kind => value.ValueKind;

    /// <summary>The member of this object; an error where it is missing.</summary>
    public JsonPlace this[string member] => Find(member) ?? throw new TokenizerFormatException(Place, $"a member \"{member}\"", "none");

    /// <summary>The member of this object, or null where it is missing or null.</summary>
    public JsonPlace? Find(string member)
    {
        Require(JsonValueKind.Object, "an object");
        return value.TryGetProperty(member, out JsonElement found) && found.ValueKind != JsonValueKind.Null ? new JsonPlace(found, Place, member) : null;
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
            throw new TokenizerFormatException(Place, "a string of Unicode text", "half a surrogate pair", e);
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
        return Walk(value, Place);

        static IEnumerable<JsonPlace> Walk(JsonElement array, string place)
        {
            int i = 0;
            foreach (JsonElement item in array.EnumerateArray())
            {
                yield return new JsonPlace(item, place, index: i++);
            }
        }
    }

    public IEnumerable<(string Name, JsonPlace Value)> Members()
    {
        Require(JsonValueKind.Object, "an object");
        return Walk(value, Place);

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

                yield return (name, new JsonPlace(member.Value, place, name));
            }
        }
    }

    /// <summary>An error that shows this value, shortened.</summary>
    public TokenizerFormatException Wrong(string expected)
    {
        string text = value.GetRawText();
        return new TokenizerFormatException(Place, expected, text.Length <= 120 ? text : text[..120] + "…");
    }

    private void Require(JsonValueKind kind, string expected)
    {
        if (value.ValueKind != kind)
        {
            throw Wrong(expected);
        }
    }
}
