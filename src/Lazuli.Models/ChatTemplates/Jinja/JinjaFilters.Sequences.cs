using System.Globalization;

namespace Lazuli.Models;

internal static partial class JinjaFilters
{
    private static JinjaFilter[] OnSequences =>
    [
        Of("batch", 1, ["linecount", "fill_with"], Batch),
        Of("dictsort", 0, ["case_sensitive", "by", "reverse"], DictSort),
        Of("first", 0, [], (run, value, _) => value is JinjaUndefined ? value : JinjaValues.Iterate(run, value) is [var first, ..] ? first : new JinjaUndefined("the first of nothing")),
        Of("items", 0, [], Items),
        Of("join", 0, ["d", "attribute"], (run, value, a) => Join(run, Attributes(run, JinjaValues.Iterate(run, value), a.Or(1, null)), JinjaValues.ToText(run, a.Or(0, JinjaText.Empty)))),
        Of("last", 0, [], (run, value, _) => value is JinjaUndefined ? value : JinjaValues.Iterate(run, value) is [.., var last] ? last : new JinjaUndefined("the last of nothing")),
        Of("list", 0, [], (run, value, _) => new JinjaList(JinjaValues.Iterate(run, value))),
        new("map", Map),
        Of("max", 0, ["case_sensitive", "attribute"], (run, value, a) => Extreme(run, value, a, 1)),
        Of("min", 0, ["case_sensitive", "attribute"], (run, value, a) => Extreme(run, value, a, -1)),
        new("reject", (run, value, call) => Select(run, value, call, 0, keeps: false)),
        new("rejectattr", (run, value, call) => Select(run, value, call, 1, keeps: false)),
        Of("reverse", 0, [], Reverse),
        new("select", (run, value, call) => Select(run, value, call, 0, keeps: true)),
        new("selectattr", (run, value, call) => Select(run, value, call, 1, keeps: true)),
        Of("sort", 0, ["reverse", "case_sensitive", "attribute"], Sort),
        Of("sum", 0, ["attribute", "start"], (run, value, a) => Attributes(run, JinjaValues.Iterate(run, value), a.Or(0, null)).Aggregate(a.Or(1, 0L), (sum, item) => JinjaOperators.Apply(run, "+", sum, item))),
        Of("unique", 0, ["case_sensitive", "attribute"], Unique),
    ];

    public static JinjaText Join(JinjaRun run, List<object?> items, JinjaText separator)
    {
        var builder = new JinjaTextBuilder();
        for (int i = 0; i < items.Count; i++)
        {
            JinjaText text = JinjaValues.ToText(run, items[i]);
            run.Step();
            run.Made(text.Length + separator.Length);
            run.CheckOutput((long)builder.Length + text.Length + separator.Length);
            if (i > 0)
            {
                builder.Append(separator);
            }

            builder.Append(text);
        }

        return builder.ToText();
    }

    private static JinjaList Items(JinjaRun run, object? value, JinjaBound arguments) => value switch
    {
        JinjaDict dict => JinjaMethods.Pairs(run, dict),
        JinjaUndefined => new JinjaList([]),
        _ => throw run.Fail("a dictionary", JinjaValues.Describe(value)),
    };

    /// <summary>The attribute of each element, or the elements where none is asked for; <c>a.b</c> goes deeper, a number is an index.</summary>
    private static List<object?> Attributes(JinjaRun run, List<object?> items, object? attribute, object? otherwise = null)
    {
        if (attribute is null)
        {
            return items;
        }

        string[] path = attribute is JinjaText text ? text.Value.Split('.') : [JinjaArgument.Integer(run, attribute).ToString(CultureInfo.InvariantCulture)];
        return items.ConvertAll(item =>
        {
            foreach (string name in path)
            {
                run.Step();
                object? key = long.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out long index) ? index : JinjaText.Written(name);
                item = JinjaAccess.Item(run, item, key);
                item = item is JinjaUndefined && otherwise is not null ? otherwise : item;
            }

            return item;
        });
    }

    private static object? Map(JinjaRun run, object? value, JinjaCall call)
    {
        List<object?> items = JinjaValues.Iterate(run, value);
        if (call.Positional.Length == 0)
        {
            object? attribute = null;
            object? otherwise = null;
            foreach ((string name, object? given) in call.Named)
            {
                attribute = name == "attribute" ? given : attribute;
                otherwise = name == "default" ? given : otherwise;
            }

            return new JinjaList(Attributes(run, items, attribute ?? throw run.Fail("map with a filter's name or attribute=", "neither"), otherwise));
        }

        string filterName = JinjaArgument.Text(run, call.Positional[0]).Value;
        JinjaFilter filter = Find(filterName) ?? throw run.Fail("the name of a filter", $"'{filterName}'");
        var rest = new JinjaCall(call.Positional[1..], call.Named);
        return new JinjaList(items.ConvertAll(item =>
        {
            run.Step();
            run.Enter();
            object? mapped = filter.Apply(run, item, rest);
            run.Leave();
            return mapped;
        }));
    }

    /// <summary>Keeps or drops the elements whose value (or attribute, when <paramref name="attributes"/> is 1) passes the test that is named, or is true.</summary>
    private static JinjaList Select(JinjaRun run, object? value, JinjaCall call, int attributes, bool keeps)
    {
        List<object?> items = JinjaValues.Iterate(run, value);
        if (call.Positional.Length < attributes)
        {
            throw run.Fail("the name of an attribute", "none");
        }

        List<object?> tested = attributes > 0 ? Attributes(run, items, call.Positional[0]) : items;
        JinjaTest? test = null;
        object?[] arguments = [];
        if (call.Positional.Length > attributes)
        {
            string name = JinjaArgument.Text(run, call.Positional[attributes]).Value;
            test = JinjaTests.Find(name) ?? throw run.Fail("the name of a test", $"'{name}'");
            arguments = call.Positional[(attributes + 1)..];
        }

        var kept = new List<object?>();
        for (int i = 0; i < items.Count; i++)
        {
            run.Step();
            if ((test is null ? JinjaValues.IsTrue(tested[i]) : JinjaTests.Holds(run, test, tested[i], arguments)) == keeps)
            {
                kept.Add(items[i]);
            }
        }

        return new JinjaList(kept);
    }

    private static object Reverse(JinjaRun run, object? value, JinjaBound arguments)
    {
        if (value is JinjaText text)
        {
            return JinjaStrings.Reverse(run, text);
        }

        List<object?> items = JinjaValues.Iterate(run, value);
        items.Reverse();
        return new JinjaList(items);
    }

    private static JinjaList Sort(JinjaRun run, object? value, JinjaBound arguments)
    {
        List<object?> items = JinjaValues.Iterate(run, value);
        List<object?> keys = Keys(run, items, arguments.Or(2, null), arguments.Or(1, false));
        return new JinjaList(JinjaValues.Sort(run, items, keys, JinjaValues.IsTrue(arguments.Or(0, false))));
    }

    private static JinjaList DictSort(JinjaRun run, object? value, JinjaBound arguments)
    {
        List<object?> pairs = Items(run, value, arguments).Items;
        object? by = arguments.Or(1, null);
        string side = by is null ? "key" : JinjaArgument.Text(run, by).Value;
        if (side is not ("key" or "value"))
        {
            throw run.Fail("dictsort by 'key' or 'value'", $"'{side}'");
        }

        List<object?> keys = Keys(run, pairs, side == "key" ? 0L : 1L, arguments.Or(0, false));
        return new JinjaList(JinjaValues.Sort(run, pairs, keys, JinjaValues.IsTrue(arguments.Or(2, false))));
    }

    private static object? Extreme(JinjaRun run, object? value, JinjaBound arguments, int sign)
    {
        List<object?> items = JinjaValues.Iterate(run, value);
        List<object?> keys = Keys(run, items, arguments.Or(1, null), arguments.Or(0, false));
        int best = 0;
        for (int i = 1; i < items.Count; i++)
        {
            best = JinjaValues.Compare(run, keys[i], keys[best]) * sign > 0 ? i : best;
        }

        return items.Count > 0 ? items[best] : new JinjaUndefined("the extreme of nothing");
    }

    private static JinjaList Unique(JinjaRun run, object? value, JinjaBound arguments)
    {
        List<object?> items = JinjaValues.Iterate(run, value);
        List<object?> keys = Keys(run, items, arguments.Or(1, null), arguments.Or(0, false));
        var seen = new JinjaDict();
        var kept = new List<object?>();
        for (int i = 0; i < items.Count; i++)
        {
            if (!JinjaDict.IsKey(keys[i]))
            {
                throw run.Fail("strings, numbers or booleans to compare", JinjaValues.Describe(keys[i]));
            }

            if (!seen.TryGet(keys[i], out _))
            {
                seen.Set(keys[i], true);
                kept.Add(items[i]);
            }
        }

        return new JinjaList(kept);
    }

    /// <summary>What elements are ordered by: an attribute perhaps, and small letters unless case counts.</summary>
    private static List<object?> Keys(JinjaRun run, List<object?> items, object? attribute, object? caseSensitive) =>
        JinjaValues.IsTrue(caseSensitive)
            ? Attributes(run, items, attribute)
            : Attributes(run, items, attribute).ConvertAll(key => key is JinjaText text ? JinjaStrings.Map(run, text, s => s.ToLowerInvariant()) : key);

    private static JinjaList Batch(JinjaRun run, object? value, JinjaBound arguments)
    {
        List<object?> items = JinjaValues.Iterate(run, value);
        int length = Math.Max(1, JinjaArgument.Count(run, arguments[0], 1_000_000));
        var rows = new List<object?>();
        for (int i = 0; i < items.Count; i += length)
        {
            List<object?> row = items.GetRange(i, Math.Min(length, items.Count - i));
            if (arguments.Or(1, null) is { } filling)
            {
                run.Made((length - row.Count) * 2L);
                row.AddRange(Enumerable.Repeat<object?>(filling, length - row.Count));
            }

            rows.Add(new JinjaList(row));
        }

        return new JinjaList(rows);
    }
}
