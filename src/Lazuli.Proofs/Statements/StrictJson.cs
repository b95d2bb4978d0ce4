using System.Text.Json;

namespace Lazuli.Proofs;

/// <summary>Reads JSON of bounded size and depth, and values of it, or says what is wrong where.</summary>
internal static class StrictJson
{
    /// <summary>The longest document in bytes.</summary>
    public const int LongestDocument = 16 << 20;

    /// <summary>The deepest nesting.</summary>
    public const int Deepest = 64;

    public static JsonDocument Parse(ReadOnlyMemory<byte> json)
    {
        if (json.Length > LongestDocument)
        {
            throw new StatementFormatException("$", $"at most {LongestDocument} bytes", $"{json.Length}");
        }

        try
        {
            return JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = Deepest, CommentHandling = JsonCommentHandling.Disallow, AllowTrailingCommas = false });
        }
        catch (JsonException e)
        {
            throw new StatementFormatException("$", $"JSON of depth {Deepest} at most", $"something else at line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}", e);
        }
    }

    /// <summary>The text of a string; escapes and bytes that are no Unicode are refused.</summary>
    public static string Text(JsonElement element, string path)
    {
        if (element.ValueKind != JsonValueKind.String)
        {
            throw new StatementFormatException(path, "a string", Kind(element));
        }

        try
        {
            return element.GetString()!;
        }
        catch (InvalidOperationException e)
        {
            throw new StatementFormatException(path, "Unicode text", "bytes or escapes that are none", e);
        }
    }

    /// <summary>The name of a member; escapes and bytes that are no Unicode are refused.</summary>
    public static string Name(JsonProperty member, string path)
    {
        try
        {
            return member.Name;
        }
        catch (InvalidOperationException e)
        {
            throw new StatementFormatException(path, "member names in Unicode", "bytes or escapes that are none", e);
        }
    }

    /// <summary>The members of an object, by name; two of one name are refused, so that no two readers see different ones.</summary>
    public static Dictionary<string, JsonElement> Members(JsonElement element, string path)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            throw new StatementFormatException(path, "an object", Kind(element));
        }

        Dictionary<string, JsonElement> members = new(StringComparer.Ordinal);
        foreach (JsonProperty member in element.EnumerateObject())
        {
            string name = Name(member, path);
            if (!members.TryAdd(name, member.Value))
            {
                throw new StatementFormatException(path, "each member once", $"{NoteFormatException.Quote(name)} twice");
            }
        }

        return members;
    }

    public static JsonElement Member(Dictionary<string, JsonElement> members, string name, string path) =>
        members.TryGetValue(name, out JsonElement value) ? value : throw new StatementFormatException($"{path}.{name}", "a value", "nothing");

    /// <summary>The items of an array of 1 to <paramref name="most"/>.</summary>
    public static IEnumerable<JsonElement> Items(JsonElement element, int most, string path)
    {
        if (element.ValueKind != JsonValueKind.Array)
        {
            throw new StatementFormatException(path, "an array", Kind(element));
        }

        int length = element.GetArrayLength();
        return length >= 1 && length <= most ? element.EnumerateArray() : throw new StatementFormatException(path, $"1 to {most} items", $"{length}");
    }

    private static string Kind(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        JsonValueKind.String => "a string",
        JsonValueKind.Number => "a number",
        JsonValueKind.Null => "null",
        _ => "true or false",
    };
}
