using System.Globalization;
using System.Text.Json;

namespace Lazuli.Inference;

/// <summary>A JSON Schema of the part that strict structured output documents, as rules of a grammar. What it cannot keep it refuses: nothing is ignored but notes.</summary>
internal sealed partial class JsonSchemaReader
{
    private const int MaxDepth = 60;
    private const int MaxEnumValues = 1_000;

    private static readonly HashSet<string> Notes = new(StringComparer.Ordinal)
    {
        "title", "description", "default", "examples", "deprecated", "readOnly", "writeOnly", "$schema", "$id", "$comment", "$defs", "definitions",
    };

    private readonly JsonElement _root;
    private readonly GrammarNetworkBuilder _builder;
    private readonly JsonRules _json;
    private readonly Dictionary<string, int> _references = new(StringComparer.Ordinal);
    private readonly Queue<(string Pointer, JsonElement Schema, int Rule)> _waiting = new();
    private int _depth;

    private JsonSchemaReader(JsonElement root, GrammarNetworkBuilder builder)
    {
        _root = root;
        _builder = builder;
        _json = new JsonRules(builder);
    }

    /// <exception cref="GrammarException">The schema is damaged, cannot be met, or says what is not supported.</exception>
    public static GrammarNetwork Read(JsonElement schema)
    {
        var builder = new GrammarNetworkBuilder("#");
        var reader = new JsonSchemaReader(schema, builder);
        int start = reader.RuleOf("#", schema);
        string place = "#";
        try
        {
            while (reader._waiting.TryDequeue(out (string Pointer, JsonElement Schema, int Rule) next))
            {
                place = next.Pointer;
                builder.Define(next.Rule, reader.Schema(next.Schema, next.Pointer));
            }
        }
        catch (InvalidOperationException) // what JsonElement throws for names and texts that are no Unicode
        {
            throw new GrammarException(place, "names and texts in Unicode", "half a surrogate pair, or bytes that are no UTF-8");
        }

        return builder.Build(start);
    }

    private int RuleOf(string pointer, JsonElement schema)
    {
        if (!_references.TryGetValue(pointer, out int rule))
        {
            rule = _builder.Declare(pointer);
            _references.Add(pointer, rule);
            _waiting.Enqueue((pointer, schema, rule));
        }

        return rule;
    }

    private GrammarExpression Schema(JsonElement schema, string place)
    {
        if (schema.ValueKind is JsonValueKind.True)
        {
            return _json.Value;
        }

        if (schema.ValueKind is JsonValueKind.False)
        {
            return GrammarExpression.Never;
        }

        Check(schema.ValueKind == JsonValueKind.Object, place, "a schema (an object, true or false)", Kind(schema));
        Check(++_depth <= MaxDepth, place, $"schemas nested at most {MaxDepth} deep", "more");
        GrammarExpression expression = ObjectSchema(schema, place);
        _depth--;
        return expression;
    }

    private GrammarExpression ObjectSchema(JsonElement schema, string place)
    {
        if (schema.TryGetProperty("$ref", out JsonElement reference))
        {
            Allow(schema, place, "$ref");
            return new RuleExpression(Resolve(reference, place + "/$ref"));
        }

        if (schema.TryGetProperty("anyOf", out JsonElement options))
        {
            Allow(schema, place, "anyOf");
            Check(options.ValueKind == JsonValueKind.Array && options.GetArrayLength() > 0, place + "/anyOf", "a list of schemas", Kind(options));
            return new ChoiceExpression([.. options.EnumerateArray().Select((option, i) => Schema(option, Invariant($"{place}/anyOf/{i}")))]);
        }

        string[]? types = Types(schema, place);
        if (schema.TryGetProperty("const", out JsonElement value))
        {
            Allow(schema, place, "const", "type");
            return Literals([value], types, place + "/const");
        }

        if (schema.TryGetProperty("enum", out JsonElement values))
        {
            Allow(schema, place, "enum", "type");
            Check(values.ValueKind == JsonValueKind.Array && values.GetArrayLength() is > 0 and <= MaxEnumValues, place + "/enum", $"a list of 1 to {MaxEnumValues} values", Kind(values));
            return Literals([.. values.EnumerateArray()], types, place + "/enum");
        }

        types ??= schema.TryGetProperty("properties", out _) ? ["object"] : schema.TryGetProperty("items", out _) ? ["array"] : null;
        if (types is null)
        {
            Allow(schema, place);
            return _json.Value;
        }

        RefuseForeignKeywords(schema, types, place);
        return new ChoiceExpression([.. types.Select(type => OfType(schema, type, place))]);
    }

    private GrammarExpression OfType(JsonElement schema, string type, string place) => type switch
    {
        "object" => Object(schema, place),
        "array" => Array(schema, place),
        "string" => String(schema, place),
        "number" => Number(schema, place),
        "integer" => Integer(schema, place),
        "boolean" => GrammarExpression.Choice(GrammarExpression.Text("true"), GrammarExpression.Text("false")),
        _ => GrammarExpression.Text("null"),
    };

    private static string[]? Types(JsonElement schema, string place)
    {
        if (!schema.TryGetProperty("type", out JsonElement type))
        {
            return null;
        }

        JsonElement[] named = type.ValueKind == JsonValueKind.Array ? [.. type.EnumerateArray()] : [type];
        Check(named.Length > 0, place + "/type", "a type", "an empty list");
        foreach (JsonElement one in named)
        {
            Check(
                one.ValueKind == JsonValueKind.String && one.GetString() is "object" or "array" or "string" or "number" or "integer" or "boolean" or "null",
                place + "/type", "object, array, string, number, integer, boolean or null", one.ToString());
        }

        return [.. named.Select(one => one.GetString()!).Distinct()];
    }

    /// <summary>Keywords that belong to no type named: they would be ignored, so they are refused.</summary>
    private static void RefuseForeignKeywords(JsonElement schema, string[] types, string place)
    {
        var known = new List<string> { "type" };
        foreach (string type in types)
        {
            known.AddRange(type switch
            {
                "object" => ["properties", "required", "additionalProperties"],
                "array" => ["items", "minItems", "maxItems"],
                "string" => ["pattern", "format", "minLength", "maxLength"],
                "number" => ["minimum", "maximum"],
                "integer" => ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"],
                _ => (string[])[],
            });
        }

        Allow(schema, place, [.. known]);
    }

    /// <summary>Refuses every keyword but those named, and notes.</summary>
    private static void Allow(JsonElement schema, string place, params string[] keywords)
    {
        foreach (JsonProperty property in schema.EnumerateObject())
        {
            Check(
                keywords.Contains(property.Name, StringComparer.Ordinal) || Notes.Contains(property.Name),
                $"{place}/{property.Name}",
                keywords.Length == 0 ? "a schema with type, enum, const, anyOf or $ref" : $"only {string.Join(", ", keywords)} and notes here",
                $"'{property.Name}', which is not supported here");
        }
    }

    private GrammarExpression Object(JsonElement schema, string place)
    {
        JsonElement properties = schema.TryGetProperty("properties", out JsonElement found) ? found : default;
        Check(properties.ValueKind is JsonValueKind.Object or JsonValueKind.Undefined, place + "/properties", "an object of schemas", Kind(properties));
        List<string> required = Required(schema, place);
        bool hasProperties = properties.ValueKind == JsonValueKind.Object && properties.EnumerateObject().Any();
        if (schema.TryGetProperty("additionalProperties", out JsonElement additional) && additional.ValueKind != JsonValueKind.False)
        {
            Check(!hasProperties, place + "/additionalProperties", "false beside properties", Kind(additional));
            Check(required.Count == 0, place + "/required", "names of properties", required.FirstOrDefault(""));
            return _json.Map(Schema(additional, place + "/additionalProperties"));
        }

        if (!hasProperties && additional.ValueKind == JsonValueKind.Undefined && required.Count == 0 && properties.ValueKind == JsonValueKind.Undefined)
        {
            return _json.Object;
        }

        var names = new HashSet<string>(StringComparer.Ordinal);
        var members = new List<(string, GrammarExpression, bool)>();
        foreach (JsonProperty property in hasProperties ? properties.EnumerateObject() : default)
        {
            Check(names.Add(property.Name), $"{place}/properties/{property.Name}", "a property once", "it twice");
            members.Add((property.Name, Schema(property.Value, $"{place}/properties/{property.Name}"), required.Contains(property.Name)));
        }

        foreach (string name in required)
        {
            Check(names.Contains(name), place + "/required", "names of properties", $"'{name}', which no property has: the schema cannot be met");
        }

        return _json.ObjectOf(members);
    }

    private static List<string> Required(JsonElement schema, string place)
    {
        if (!schema.TryGetProperty("required", out JsonElement required))
        {
            return [];
        }

        Check(required.ValueKind == JsonValueKind.Array && required.EnumerateArray().All(name => name.ValueKind == JsonValueKind.String), place + "/required", "a list of names", Kind(required));
        return [.. required.EnumerateArray().Select(name => name.GetString()!)];
    }

    private GrammarExpression Array(JsonElement schema, string place)
    {
        int min = Count(schema, "minItems", place) ?? 0;
        int? max = Count(schema, "maxItems", place);
        Check(max is null || min <= max, place + "/minItems", $"at most maxItems ({max})", $"{min}: the schema cannot be met");
        GrammarExpression item = schema.TryGetProperty("items", out JsonElement items) ? Schema(items, place + "/items") : _json.Value;
        return _json.Array(item, min, max);
    }

    private static int? Count(JsonElement schema, string keyword, string place)
    {
        if (!schema.TryGetProperty(keyword, out JsonElement value))
        {
            return null;
        }

        Check(value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int count) && count >= 0, $"{place}/{keyword}", "a count", value.ToString());
        return value.GetInt32();
    }

    private static ChoiceExpression Literals(JsonElement[] values, string[]? types, string place)
    {
        JsonElement[] kept = [.. values.Where(value => types is null || types.Any(type => IsOf(value, type)))];
        Check(kept.Length > 0, place, "a value of the type that is named", "none: the schema cannot be met");
        return new ChoiceExpression([.. kept.Select(JsonRules.Literal).Distinct().Select(GrammarExpression.Text)]);
    }

    private static bool IsOf(JsonElement value, string type) => value.ValueKind switch
    {
        JsonValueKind.String => type == "string",
        JsonValueKind.Number => type == "number" || (type == "integer" && value.TryGetDecimal(out decimal number) && number == decimal.Truncate(number)),
        JsonValueKind.True or JsonValueKind.False => type == "boolean",
        JsonValueKind.Null => type == "null",
        JsonValueKind.Array => type == "array",
        _ => type == "object",
    };

    /// <summary>The rule of a schema elsewhere in the same document.</summary>
    private int Resolve(JsonElement reference, string place)
    {
        string pointer = reference.ValueKind == JsonValueKind.String ? reference.GetString()! : "";
        Check(pointer == "#" || pointer.StartsWith("#/", StringComparison.Ordinal), place, "a reference inside this schema (#/$defs/…)", Kind(reference));
        JsonElement target = _root;
        foreach (string part in pointer.Split('/').Skip(1))
        {
            string name = Uri.UnescapeDataString(part).Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
            JsonElement next = default;
            bool found = target.ValueKind switch
            {
                JsonValueKind.Object => target.TryGetProperty(name, out next),
                JsonValueKind.Array => int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out int index) && index < target.GetArrayLength() && (next = target[index]).ValueKind != JsonValueKind.Undefined,
                _ => false,
            };
            Check(found, place, "a reference to a schema that is there", $"'{pointer}'");
            target = next;
        }

        return RuleOf(pointer, target);
    }

    private static void Check(bool holds, string place, string expected, string found)
    {
        if (!holds)
        {
            throw new GrammarException(place, expected, found);
        }
    }

    private static string Kind(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Undefined => "nothing",
        JsonValueKind.String => $"the string '{element.GetString()}'",
        JsonValueKind.Array => FormattableString.Invariant($"a list of {element.GetArrayLength()}"),
        JsonValueKind.Object => "an object",
        _ => element.GetRawText(),
    };

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
