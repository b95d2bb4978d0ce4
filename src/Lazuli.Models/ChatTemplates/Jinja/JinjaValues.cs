using System.Globalization;
using System.Text;

namespace Lazuli.Models;

/// <summary>Python's meaning of truth, equality, order and text for the values of a template.</summary>
/// <remarks>Values: null (none), bool, long, double, <see cref="JinjaText"/>, <see cref="JinjaList"/>, <see cref="JinjaDict"/>, <see cref="JinjaNamespace"/>, <see cref="JinjaCallable"/>, <see cref="JinjaLoop"/>, <see cref="JinjaUndefined"/>.</remarks>
internal static class JinjaValues
{
    public static bool IsTrue(object? value) => value switch
    {
        null or JinjaUndefined => false,
        bool flag => flag,
        long number => number != 0,
        double number => number != 0,
        JinjaText text => text.Length > 0,
        JinjaList list => list.Items.Count > 0,
        JinjaDict dict => dict.Count > 0,
        _ => true,
    };

    /// <summary>For messages.</summary>
    public static string Describe(object? value) => value switch
    {
        null => "none",
        bool => "a boolean",
        long => "an integer",
        double => "a number",
        JinjaText => "a string",
        JinjaList list => list.IsTuple ? "a tuple" : "a list",
        JinjaDict => "a dictionary",
        JinjaNamespace => "a namespace",
        JinjaLoop => "the loop",
        JinjaCallable callable => $"the function {callable.Name}",
        JinjaUndefined undefined => undefined.Description,
        _ => "a value",
    };

    public static bool IsNumber(object? value) => value is long or double or bool;

    public static double ToDouble(object? number) => number switch
    {
        bool flag => flag ? 1 : 0,
        long integer => integer,
        double real => real,
        _ => double.NaN,
    };

    /// <summary>Order of two numbers; an unordered pair (NaN) is 1, so that it equals nothing.</summary>
    public static int CompareNumbers(object? a, object? b)
    {
        if (a is double || b is double)
        {
            double x = ToDouble(a);
            double y = ToDouble(b);
            return x < y ? -1 : x == y ? 0 : 1;
        }

        return ToInteger(a).CompareTo(ToInteger(b));
    }

    public static bool AreEqual(JinjaRun run, object? a, object? b)
    {
        run.Step();
        run.Enter();
        bool equal = (a, b) switch
        {
            (JinjaText x, JinjaText y) => EqualTexts(run, x, y),
            (JinjaList x, JinjaList y) => x.IsTuple == y.IsTuple && x.Items.Count == y.Items.Count && EqualItems(run, x, y),
            (JinjaDict x, JinjaDict y) => x.Count == y.Count && EqualEntries(run, x, y),
            (JinjaUndefined, JinjaUndefined) => true,
            _ when IsNumber(a) && IsNumber(b) => CompareNumbers(a, b) == 0,
            _ => ReferenceEquals(a, b),
        };
        run.Leave();
        return equal;
    }

    /// <summary>Order of two numbers, texts or lists.</summary>
    public static int Compare(JinjaRun run, object? a, object? b)
    {
        run.Step();
        run.Enter();
        int order;
        if (a is JinjaText x && b is JinjaText y)
        {
            run.Spend(Math.Min(x.Length, y.Length));
            order = string.CompareOrdinal(x.Value, y.Value);
        }
        else if (IsNumber(a) && IsNumber(b))
        {
            order = CompareNumbers(a, b);
        }
        else if (a is JinjaList left && b is JinjaList right)
        {
            order = 0;
            for (int i = 0; order == 0 && i < Math.Min(left.Items.Count, right.Items.Count); i++)
            {
                order = AreEqual(run, left.Items[i], right.Items[i]) ? 0 : Compare(run, left.Items[i], right.Items[i]);
            }

            order = order != 0 ? order : left.Items.Count.CompareTo(right.Items.Count);
        }
        else
        {
            throw run.Fail("two numbers, two strings or two lists to compare", $"{Describe(a)} and {Describe(b)}");
        }

        run.Leave();
        return order;
    }

    /// <summary>Items in order of their keys; equal ones stay as they were.</summary>
    /// <remarks>A merge sort of our own: the library's wraps what a comparison throws, and may throw on keys that have no order (NaN).</remarks>
    public static List<T> Sort<T>(JinjaRun run, List<T> items, List<object?> keys, bool descending)
    {
        int[] order = [.. Enumerable.Range(0, items.Count)];
        var merged = new int[order.Length];
        for (int width = 1; width < order.Length; width *= 2)
        {
            for (int start = 0; start < order.Length; start += 2 * width)
            {
                Merge(start, Math.Min(start + width, order.Length), Math.Min(start + (2 * width), order.Length));
            }

            (order, merged) = (merged, order);
        }

        return [.. order.Select(i => items[i])];

        void Merge(int left, int right, int end)
        {
            int middle = right;
            for (int to = left; to < end; to++)
            {
                bool takesRight = left >= middle || (right < end && Compare(run, keys[order[right]], keys[order[left]]) * (descending ? -1 : 1) < 0);
                merged[to] = takesRight ? order[right++] : order[left++];
            }
        }
    }

    /// <summary>The elements that a loop passes through.</summary>
    public static List<object?> Iterate(JinjaRun run, object? value)
    {
        switch (value)
        {
            case JinjaList list:
                run.Spend(list.Items.Count);
                return [.. list.Items];
            case JinjaDict dict:
                run.Spend(dict.Count);
                return [.. dict.Keys];
            case JinjaText text:
                run.Spend(text.Length * 8L);
                return Characters(text);
            case JinjaUndefined:
                return [];
            default:
                throw run.Fail("a list, dictionary or string", Describe(value));
        }
    }

    /// <summary>Python's <c>str</c>.</summary>
    public static JinjaText ToText(JinjaRun run, object? value)
    {
        switch (value)
        {
            case JinjaText text:
                return text;
            case JinjaUndefined:
                return JinjaText.Empty;
            case JinjaList or JinjaDict:
                var builder = new JinjaTextBuilder();
                JinjaRepresentation.Append(run, builder, value);
                run.Made(builder.Length);
                return builder.ToText();
            default:
                return JinjaText.Written(ScalarText(value));
        }
    }

    public static string ScalarText(object? value) => value switch
    {
        null => "None",
        true => "True",
        false => "False",
        long number => number.ToString(CultureInfo.InvariantCulture),
        double number => Number(number),
        JinjaCallable callable => $"<function {callable.Name}>",
        JinjaLoop => "<loop>",
        JinjaNamespace => "<Namespace>",
        _ => string.Empty,
    };

    /// <summary>Python's shortest text of a floating-point number.</summary>
    public static string Number(double number)
    {
        if (!double.IsFinite(number))
        {
            return double.IsNaN(number) ? "nan" : number > 0 ? "inf" : "-inf";
        }

        double size = Math.Abs(number);
        if (size == 0 || size is >= 1e-4 and < 1e16)
        {
            string plain = number.ToString("R", CultureInfo.InvariantCulture);
            return plain.Contains('E', StringComparison.Ordinal) ? number.ToString("F1", CultureInfo.InvariantCulture)
                : plain.Contains('.', StringComparison.Ordinal) ? plain : plain + ".0";
        }

        string text = number.ToString("E16", CultureInfo.InvariantCulture);
        string shortest = number.ToString("R", CultureInfo.InvariantCulture);
        int exponentAt = text.IndexOf('E', StringComparison.Ordinal);
        int exponent = int.Parse(text.AsSpan(exponentAt + 1), CultureInfo.InvariantCulture);
        string digits = new([.. shortest.TakeWhile(c => c != 'E').Where(char.IsAsciiDigit)]);
        digits = digits.TrimStart('0').TrimEnd('0');
        string mantissa = digits.Length > 1 ? digits[..1] + "." + digits[1..] : digits;
        return string.Create(CultureInfo.InvariantCulture, $"{(number < 0 ? "-" : "")}{mantissa}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}");
    }

    public static long ToInteger(object? value) => value is bool flag ? (flag ? 1 : 0) : value is long number ? number : 0;

    private static bool EqualTexts(JinjaRun run, JinjaText a, JinjaText b)
    {
        if (a.Length != b.Length)
        {
            return false;
        }

        run.Spend(a.Length);
        return string.Equals(a.Value, b.Value, StringComparison.Ordinal);
    }

    private static bool EqualItems(JinjaRun run, JinjaList a, JinjaList b)
    {
        for (int i = 0; i < a.Items.Count; i++)
        {
            if (!AreEqual(run, a.Items[i], b.Items[i]))
            {
                return false;
            }
        }

        return true;
    }

    private static bool EqualEntries(JinjaRun run, JinjaDict a, JinjaDict b)
    {
        foreach ((object? key, object? value) in a.Items)
        {
            if (!b.TryGet(key, out object? other) || !AreEqual(run, value, other))
            {
                return false;
            }
        }

        return true;
    }

    private static List<object?> Characters(JinjaText text)
    {
        var characters = new List<object?>(text.Length);
        for (int at = 0; at < text.Length;)
        {
            int length = at + 1 < text.Length && char.IsSurrogatePair(text.Value[at], text.Value[at + 1]) ? 2 : 1;
            characters.Add(text.Slice(at, length));
            at += length;
        }

        return characters;
    }
}
