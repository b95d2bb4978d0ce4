using System.Globalization;

namespace Lazuli.Models;

/// <summary>The filters on single values; those that work on sequences stand in the other part.</summary>
internal static partial class JinjaFilters
{
    private static readonly Dictionary<string, JinjaFilter> All = Table(
    [
        Of("abs", 0, [], (run, value, _) => Abs(run, value)),
        Of("capitalize", 0, [], (run, value, _) => JinjaStrings.Map(run, JinjaValues.ToText(run, value), JinjaStrings.Capitalize)),
        Of("default", 0, ["default_value", "boolean"], (_, value, a) => value is JinjaUndefined || (JinjaValues.IsTrue(a.Or(1, false)) && !JinjaValues.IsTrue(value)) ? a.Or(0, JinjaText.Empty) : value),
        Of("float", 0, ["default"], ToFloat),
        Of("indent", 0, ["width", "first", "blank"], Indent),
        Of("int", 0, ["default", "base"], ToInteger),
        Of("length", 0, [], Length),
        Of("lower", 0, [], (run, value, _) => JinjaStrings.Map(run, JinjaValues.ToText(run, value), s => s.ToLowerInvariant())),
        Of("replace", 2, ["old", "new", "count"], (run, value, a) => JinjaStrings.Replace(run, JinjaValues.ToText(run, value), JinjaValues.ToText(run, a[0]), JinjaValues.ToText(run, a[1]), a.Or(2, null) is { } count ? JinjaArgument.Integer(run, count) : -1)),
        Of("round", 0, ["precision", "method"], Round),
        Of("safe", 0, [], (_, value, _) => value),
        Of("string", 0, [], (run, value, _) => JinjaValues.ToText(run, value)),
        Of("title", 0, [], (run, value, _) => JinjaStrings.Map(run, JinjaValues.ToText(run, value), s => JinjaStrings.Title(s, c => c is '-' or '(' or '{' or '[' or '<' || JinjaLexer.IsSpace(c)))),
        Of("tojson", 0, ["indent", "ensure_ascii", "separators", "sort_keys"], ToJson),
        Of("trim", 0, ["chars"], (run, value, a) => JinjaStrings.Strip(run, JinjaValues.ToText(run, value), a.Or(0, null) is { } chars ? JinjaArgument.Text(run, chars) : null, left: true, right: true)),
        Of("upper", 0, [], (run, value, _) => JinjaStrings.Map(run, JinjaValues.ToText(run, value), s => s.ToUpperInvariant())),
        .. OnSequences,
    ]);

    public static JinjaFilter? Find(string name) => All.GetValueOrDefault(name);

    private static JinjaFilter Of(string name, int required, string[] parameters, Func<JinjaRun, object?, JinjaBound, object?> apply)
    {
        var signature = new JinjaSignature(name, required, parameters);
        return new JinjaFilter(name, (run, value, call) => apply(run, value, signature.Bind(run, call)));
    }

    private static Dictionary<string, JinjaFilter> Table(JinjaFilter[] filters)
    {
        var table = filters.ToDictionary(filter => filter.Name, StringComparer.Ordinal);
        table["d"] = table["default"];
        table["count"] = table["length"];
        return table;
    }

    private static object Abs(JinjaRun run, object? value) => value switch
    {
        double number => (object)Math.Abs(number),
        long or bool when JinjaValues.ToInteger(value) != long.MinValue => Math.Abs(JinjaValues.ToInteger(value)),
        _ => throw run.Fail("a number", JinjaValues.Describe(value)),
    };

    private static object Length(JinjaRun run, object? value, JinjaBound arguments)
    {
        switch (value)
        {
            case JinjaText text:
                run.Spend(text.Length);
                return (long)text.CodePointCount;
            case JinjaList list:
                return (long)list.Items.Count;
            case JinjaDict dict:
                return (long)dict.Count;
            case JinjaUndefined:
                return 0L;
            default:
                throw run.Fail("a string, list or dictionary", JinjaValues.Describe(value));
        }
    }

    private static object? ToFloat(JinjaRun run, object? value, JinjaBound arguments)
    {
        if (JinjaValues.IsNumber(value))
        {
            return JinjaValues.ToDouble(value);
        }

        return value is JinjaText text && double.TryParse(text.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) ? number : arguments.Or(0, 0.0);
    }

    private static object? ToInteger(JinjaRun run, object? value, JinjaBound arguments)
    {
        switch (value)
        {
            case long or bool:
                return JinjaValues.ToInteger(value);
            case double number when Math.Abs(number) < 9.2e18:
                return (long)number;
            case JinjaText text:
                int numberBase = JinjaArgument.Count(run, arguments.Or(1, 10L), 16);
                ReadOnlySpan<char> digits = text.Value.AsSpan().Trim();
                if (numberBase == 16 && digits.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
                {
                    digits = digits[2..];
                }

                NumberStyles style = numberBase == 16 ? NumberStyles.AllowHexSpecifier : NumberStyles.AllowLeadingSign;
                if (numberBase is 10 or 16 && long.TryParse(digits, style, CultureInfo.InvariantCulture, out long integer))
                {
                    return integer;
                }

                return numberBase == 10 && double.TryParse(digits, NumberStyles.Float, CultureInfo.InvariantCulture, out double real) && Math.Abs(real) < 9.2e18 ? (long)real : arguments.Or(0, 0L);
            default:
                return arguments.Or(0, 0L);
        }
    }

    private static object Round(JinjaRun run, object? value, JinjaBound arguments)
    {
        double number = JinjaArgument.Number(run, value);
        int digits = JinjaArgument.Count(run, arguments.Or(0, 0L), 15);
        string method = arguments.Has(1) ? JinjaArgument.Text(run, arguments[1]).Value : "common";
        double scale = Math.Pow(10, digits);
        return method switch
        {
            "common" when value is not double => JinjaValues.ToInteger(value),
            "common" => (object)Math.Round(number, digits, MidpointRounding.ToEven),
            "ceil" => Math.Ceiling(number * scale) / scale,
            "floor" => Math.Floor(number * scale) / scale,
            _ => throw run.Fail("the method 'common', 'ceil' or 'floor'", $"'{method}'"),
        };
    }

    private static JinjaText Indent(JinjaRun run, object? value, JinjaBound arguments)
    {
        JinjaText text = JinjaValues.ToText(run, value);
        JinjaText margin = arguments.Or(0, 4L) as JinjaText ?? JinjaText.Written(new string(' ', JinjaArgument.Count(run, arguments.Or(0, 4L), 1000)));
        bool blank = JinjaValues.IsTrue(arguments.Or(2, false));
        List<JinjaText> lines = JinjaStrings.Lines(run, JinjaStrings.Concat(run, text, JinjaText.Written("\n")));
        var builder = new JinjaTextBuilder();
        for (int i = 0; i < lines.Count; i++)
        {
            run.Made(margin.Length + lines[i].Length);
            run.CheckOutput((long)builder.Length + margin.Length + lines[i].Length);
            builder.Append(i > 0 ? "\n" : "", given: false);
            if (i > 0 ? blank || lines[i].Length > 0 : JinjaValues.IsTrue(arguments.Or(1, false)))
            {
                builder.Append(margin);
            }

            builder.Append(lines[i]);
        }

        return builder.ToText();
    }

    private static JinjaText ToJson(JinjaRun run, object? value, JinjaBound arguments)
    {
        int? indent = arguments.Or(0, null) is { } width ? JinjaArgument.Count(run, width, 100) : null;
        (string, string)? separators = null;
        if (arguments.Or(2, null) is { } given)
        {
            separators = given is JinjaList { Items: [JinjaText item, JinjaText key] }
                ? (item.Value, key.Value)
                : throw run.Fail("two strings as separators", JinjaValues.Describe(given));
        }

        return JinjaJson.Write(run, value, indent, separators, JinjaValues.IsTrue(arguments.Or(1, false)), JinjaValues.IsTrue(arguments.Or(3, false)));
    }
}
