namespace Lazuli.Models;

/// <summary>Attributes, items and slices. Only what is listed here can be reached: a template sees values, never objects of this program.</summary>
internal static class JinjaAccess
{
    /// <summary><c>value.name</c>: a method or attribute first, an entry of a dictionary after.</summary>
    public static object? Attribute(JinjaRun run, object? value, string name)
    {
        if (JinjaMethods.Find(value, name) is { } method)
        {
            return method;
        }

        return value switch
        {
            JinjaDict dict => dict.TryGet(name, out object? item) ? item : Lacks(value, name),
            JinjaNamespace space => space.Attributes.TryGetValue(name, out object? item) ? item : Lacks(value, name),
            JinjaLoop loop => loop.Attribute(name),
            JinjaUndefined undefined => throw run.Fail($"a value with '{name}'", undefined.Description),
            _ => Lacks(value, name),
        };
    }

    /// <summary><c>value[key]</c>: an entry or element first, a method or attribute after.</summary>
    public static object? Item(JinjaRun run, object? value, object? key)
    {
        switch (value)
        {
            case JinjaUndefined undefined:
                throw run.Fail("a value with elements", undefined.Description);
            case JinjaDict dict when JinjaDict.IsKey(key) && dict.TryGet(key, out object? item):
                return item;
            case JinjaList list when key is long or bool:
                long index = Wrap(JinjaValues.ToInteger(key), list.Items.Count);
                return index >= 0 ? list.Items[(int)index] : new JinjaUndefined("an element outside of the list");
            case JinjaText text when key is long or bool:
                run.Spend(text.Length);
                long place = Wrap(JinjaValues.ToInteger(key), text.CodePointCount);
                return place >= 0 ? Character(text, (int)place) : new JinjaUndefined("a character outside of the string");
            default:
                return key is JinjaText name ? Attribute(run, value, name.Value) : Lacks(value, JinjaValues.ScalarText(key));
        }
    }

    /// <summary><c>value[start:stop:step]</c>, as Python cuts it.</summary>
    public static object Slice(JinjaRun run, object? value, long? start, long? stop, long? step)
    {
        long by = step ?? 1;
        if (by == 0)
        {
            throw run.Fail("a step other than 0", "0");
        }

        switch (value)
        {
            case JinjaList list:
                run.Spend(list.Items.Count);
                return new JinjaList([.. Indices(list.Items.Count, start, stop, by).Select(i => list.Items[i])], list.IsTuple);
            case JinjaText text:
                run.Made(text.Length);
                if (by == 1)
                {
                    (long first, long end) = Bounds(text.CodePointCount, start, stop, by);
                    int from = text.OffsetOf((int)first);
                    return first < end ? text.Slice(from, text.OffsetOf((int)end) - from) : JinjaText.Empty;
                }

                List<object?> characters = JinjaValues.Iterate(run, text);
                var builder = new JinjaTextBuilder();
                foreach (int i in Indices(characters.Count, start, stop, by))
                {
                    builder.Append((JinjaText)characters[i]!);
                }

                return builder.ToText();
            case JinjaUndefined undefined:
                throw run.Fail("a list or string to slice", undefined.Description);
            default:
                throw run.Fail("a list or string to slice", JinjaValues.Describe(value));
        }
    }

    private static IEnumerable<int> Indices(int count, long? start, long? stop, long step)
    {
        (long first, long end) = Bounds(count, start, stop, step);
        for (long i = first; step > 0 ? i < end : i > end;)
        {
            yield return (int)i;
            if (Math.Abs((decimal)step) > count)
            {
                yield break;
            }

            i += step;
        }
    }

    private static (long First, long End) Bounds(int count, long? start, long? stop, long step)
    {
        long low = step > 0 ? 0 : -1;
        long high = step > 0 ? count : count - 1;
        long Clamp(long value) => value < 0 ? Math.Max(value + count, low) : Math.Min(value, high);
        return (start is long first ? Clamp(first) : step > 0 ? low : high, stop is long end ? Clamp(end) : step > 0 ? high : low);
    }

    private static JinjaText Character(JinjaText text, int place)
    {
        int offset = text.OffsetOf(place);
        return text.Slice(offset, text.OffsetOf(place + 1) - offset);
    }

    private static long Wrap(long index, int count)
    {
        index += index < 0 ? count : 0;
        return index >= 0 && index < count ? index : -1;
    }

    private static JinjaUndefined Lacks(object? value, string name) =>
        new($"{JinjaValues.Describe(value)} without '{(name.Length > 60 ? name[..60] + "…" : name)}'");
}
