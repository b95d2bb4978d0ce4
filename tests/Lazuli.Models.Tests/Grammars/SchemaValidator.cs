using System.Text.Json;
using System.Text.RegularExpressions;

namespace Lazuli.Models.Tests;

/// <summary>A plain validator for the part of JSON Schema that grammars take, written apart from them.</summary>
internal static class SchemaValidator
{
    public static bool IsValid(JsonElement value, JsonElement schema, JsonElement root)
    {
        if (schema.ValueKind is JsonValueKind.True or JsonValueKind.False)
        {
            return schema.GetBoolean();
        }

        return schema.EnumerateObject().All(keyword => Holds(value, keyword.Name, keyword.Value, schema, root));
    }

    /// <summary>The platform's expressions count UTF-16 units, JSON Schema's characters: one unit stands for each character outside of the first plane.</summary>
    public static string OneUnitEach(string text) => string.Concat(text.EnumerateRunes().Select(rune => rune.IsBmp ? rune.ToString() : "\uFFFC"));

    private static bool Holds(JsonElement value, string keyword, JsonElement argument, JsonElement schema, JsonElement root) => keyword switch
    {
        "$ref" => IsValid(value, argument.GetString() == "#" ? root : root.GetProperty("$defs").GetProperty(argument.GetString()!["#/$defs/".Length..]), root),
        "anyOf" => argument.EnumerateArray().Any(option => IsValid(value, option, root)),
        "enum" => argument.EnumerateArray().Any(option => JsonElement.DeepEquals(option, value)),
        "const" => JsonElement.DeepEquals(argument, value),
        "type" => argument.ValueKind == JsonValueKind.Array ? argument.EnumerateArray().Any(type => IsOf(value, type.GetString()!)) : IsOf(value, argument.GetString()!),
        "properties" => value.ValueKind != JsonValueKind.Object || argument.EnumerateObject().All(p => !value.TryGetProperty(p.Name, out JsonElement member) || IsValid(member, p.Value, root)),
        "required" => value.ValueKind != JsonValueKind.Object || argument.EnumerateArray().All(name => value.TryGetProperty(name.GetString()!, out _)),
        "additionalProperties" => value.ValueKind != JsonValueKind.Object || value.EnumerateObject().All(member =>
            (schema.TryGetProperty("properties", out JsonElement known) && known.TryGetProperty(member.Name, out _)) || IsValid(member.Value, argument, root)),
        "items" => value.ValueKind != JsonValueKind.Array || value.EnumerateArray().All(item => IsValid(item, argument, root)),
        "minItems" => value.ValueKind != JsonValueKind.Array || value.GetArrayLength() >= argument.GetInt32(),
        "maxItems" => value.ValueKind != JsonValueKind.Array || value.GetArrayLength() <= argument.GetInt32(),
        "minLength" => value.ValueKind != JsonValueKind.String || value.GetString()!.EnumerateRunes().Count() >= argument.GetInt32(),
        "maxLength" => value.ValueKind != JsonValueKind.String || value.GetString()!.EnumerateRunes().Count() <= argument.GetInt32(),
        "pattern" => value.ValueKind != JsonValueKind.String || Regex.IsMatch(OneUnitEach(value.GetString()!), argument.GetString()!, RegexOptions.ECMAScript),
        "minimum" => value.ValueKind != JsonValueKind.Number || value.GetDecimal() >= argument.GetDecimal(),
        "maximum" => value.ValueKind != JsonValueKind.Number || value.GetDecimal() <= argument.GetDecimal(),
        "exclusiveMinimum" => value.ValueKind != JsonValueKind.Number || value.GetDecimal() > argument.GetDecimal(),
        "exclusiveMaximum" => value.ValueKind != JsonValueKind.Number || value.GetDecimal() < argument.GetDecimal(),
        "$defs" or "title" or "description" => true,
        _ => throw new ArgumentException($"The validator does not know '{keyword}'.", nameof(keyword)),
    };

    private static bool IsOf(JsonElement value, string type) => value.ValueKind switch
    {
        JsonValueKind.Number => type == "number" || (type == "integer" && value.GetDecimal() == decimal.Truncate(value.GetDecimal())),
        JsonValueKind.String => type == "string",
        JsonValueKind.Object => type == "object",
        JsonValueKind.Array => type == "array",
        JsonValueKind.Null => type == "null",
        _ => type == "boolean",
    };
}
