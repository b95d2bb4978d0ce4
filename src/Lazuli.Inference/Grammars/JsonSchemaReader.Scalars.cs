using System.Text.Json;

namespace Lazuli.Inference;

internal sealed partial class JsonSchemaReader
{
    private const string Label = "[A-Za-z0-9]([A-Za-z0-9-]{0,30}[A-Za-z0-9])?";
    private const string Date = "[0-9]{4}-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|1[0-9]|2[0-8]))";
    private const string Time = "([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,9})?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])";
    private const string Clock = "T([0-9]{1,9}H([0-9]{1,9}M([0-9]{1,9}S)?)?|[0-9]{1,9}M([0-9]{1,9}S)?|[0-9]{1,9}S)";
    private const string Octet = "(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";
    private const string Group = "[0-9A-Fa-f]{1,4}";

    /// <summary>Formats as expressions, each a little narrower than its standard: no 29 February, no comments in addresses.</summary>
    private static readonly Dictionary<string, string> Formats = new(StringComparer.Ordinal)
    {
        ["date"] = Date,
        ["time"] = Time,
        ["date-time"] = Date + "T" + Time,
        ["duration"] = "P(([0-9]{1,9}Y([0-9]{1,9}M([0-9]{1,9}D)?)?|[0-9]{1,9}M([0-9]{1,9}D)?|[0-9]{1,9}D)(" + Clock + ")?|" + Clock + "|[0-9]{1,9}W)",
        ["email"] = "[A-Za-z0-9_+-]{1,32}(\\.[A-Za-z0-9_+-]{1,16}){0,3}@" + Label + "(\\." + Label + "){1,3}",
        ["hostname"] = Label + "(\\." + Label + "){0,5}",
        ["ipv4"] = Octet + "(\\." + Octet + "){3}",
        ["ipv6"] = "(" + Group + ":){7}" + Group + "|(" + Group + ":){1,7}:|::(" + Group + ":){0,6}" + Group,
        ["uuid"] = "[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}",
    };

    private GrammarExpression String(JsonElement schema, string place)
    {
        int min = Count(schema, "minLength", place) ?? 0;
        int? max = Count(schema, "maxLength", place);
        Check(max is null || min <= max, place + "/minLength", $"at most maxLength ({max})", $"{min}: the schema cannot be met");
        bool hasPattern = schema.TryGetProperty("pattern", out JsonElement pattern);
        bool hasFormat = schema.TryGetProperty("format", out JsonElement format);
        if (!hasPattern && !hasFormat)
        {
            return min == 0 && max is null ? _json.String : _json.StringOf(min, max);
        }

        Check(min == 0 && max is null, place, "pattern or format without a length beside it (write the length into the pattern)", "both");
        Check(!(hasPattern && hasFormat), place, "pattern or format", "both");
        string text;
        if (hasPattern)
        {
            Check(pattern.ValueKind == JsonValueKind.String, place + "/pattern", "a regular expression", Kind(pattern));
            text = pattern.GetString()!;
        }
        else
        {
            Check(
                format.ValueKind == JsonValueKind.String && Formats.ContainsKey(format.GetString()!),
                place + "/format", $"one of {string.Join(", ", Formats.Keys)}", Kind(format));
            text = Formats[format.GetString()!];
        }

        string at = place + (hasPattern ? "/pattern" : "/format");
        GrammarExpression expression = RegexParser.Parse(text, at, searches: hasPattern);
        if (hasPattern)
        {
            Grammar.RefuseExplosion(expression, at);
        }

        return JsonRules.StringOf(expression);
    }

    private GrammarExpression Integer(JsonElement schema, string place)
    {
        (long min, long max) = Bounds(schema, place);
        if (Whole(schema, "exclusiveMinimum", place) is long above)
        {
            min = Math.Max(min, above + 1);
        }

        if (Whole(schema, "exclusiveMaximum", place) is long below)
        {
            max = Math.Min(max, below - 1);
        }

        Check(min <= max, place, "a minimum that is not above the maximum", $"{min} and {max}: the schema cannot be met");
        return min == -DecimalRange.Largest && max == DecimalRange.Largest ? _json.Integer : DecimalRange.Integers(min, max);
    }

    private GrammarExpression Number(JsonElement schema, string place)
    {
        (long min, long max) = Bounds(schema, place);
        Check(min <= max, place, "a minimum that is not above the maximum", $"{min} and {max}: the schema cannot be met");
        return min == -DecimalRange.Largest && max == DecimalRange.Largest ? _json.Number : DecimalRange.Numbers(min, max);
    }

    private static (long Min, long Max) Bounds(JsonElement schema, string place) =>
        (Whole(schema, "minimum", place) ?? -DecimalRange.Largest, Whole(schema, "maximum", place) ?? DecimalRange.Largest);

    private static long? Whole(JsonElement schema, string keyword, string place)
    {
        if (!schema.TryGetProperty(keyword, out JsonElement value))
        {
            return null;
        }

        long bound = 0;
        bool isWhole = value.ValueKind == JsonValueKind.Number && value.TryGetDecimal(out decimal number) && number == decimal.Truncate(number)
            && Math.Abs(number) <= DecimalRange.Largest && (bound = (long)number) == number;
        Check(isWhole, $"{place}/{keyword}", "an integer of up to 18 digits", value.ToString());
        return bound;
    }
}
