using System.Globalization;
using System.Text;

namespace Lazuli.Models;

/// <summary>The functions that every template has.</summary>
internal static class JinjaGlobals
{
    private static readonly JinjaSignature RangeSignature = new("range", 1, ["start", "stop", "step"]);
    private static readonly JinjaSignature RaiseSignature = new("raise_exception", 1, ["message"]);
    private static readonly JinjaSignature TimeSignature = new("strftime_now", 1, ["format"]);

    private static readonly Dictionary<string, JinjaCallable> All = new JinjaCallable[]
    {
        new("range", Range),
        new("namespace", Namespace),
        new("dict", (run, call) => Entries(run, call)),
        new("raise_exception", (run, call) => throw run.Refuse(JinjaValues.ToText(run, RaiseSignature.Bind(run, call)[0]).Value)),
        new("strftime_now", (run, call) => JinjaText.Written(Time(run, JinjaArgument.Text(run, TimeSignature.Bind(run, call)[0]).Value))),
    }.ToDictionary(function => function.Name, StringComparer.Ordinal);

    public static JinjaCallable? Find(string name) => All.GetValueOrDefault(name);

    private static JinjaList Range(JinjaRun run, JinjaCall call)
    {
        JinjaBound bound = RangeSignature.Bind(run, call);
        long first = JinjaArgument.Integer(run, bound[0]);
        (long start, long stop) = bound.Has(1) ? (first, JinjaArgument.Integer(run, bound[1])) : (0, first);
        long step = JinjaArgument.Integer(run, bound.Or(2, 1L));
        if (step == 0)
        {
            throw run.Fail("a step other than 0", "0");
        }

        decimal span = step > 0 ? (decimal)stop - start : (decimal)start - stop;
        decimal count = Math.Max(0, Math.Ceiling(span / Math.Abs((decimal)step)));
        if (count > run.Limits.LoopIterations)
        {
            throw run.Limit($"a range of at most {run.Limits.LoopIterations}");
        }

        run.Made((long)count * 2);
        var items = new List<object?>((int)count);
        for (int i = 0; i < (int)count; i++)
        {
            items.Add(start + (i * step));
        }

        return new JinjaList(items);
    }

    private static JinjaNamespace Namespace(JinjaRun run, JinjaCall call)
    {
        var space = new JinjaNamespace();
        foreach ((object? key, object? value) in Entries(run, call).Items)
        {
            space.Attributes[JinjaArgument.Text(run, key).Value] = value;
        }

        return space;
    }

    private static JinjaDict Entries(JinjaRun run, JinjaCall call)
    {
        var dict = new JinjaDict();
        foreach (object? given in call.Positional)
        {
            if (given is not JinjaDict source)
            {
                throw run.Fail("names with values, or a dictionary", JinjaValues.Describe(given));
            }

            run.Made(source.Count * 2L);
            foreach ((object? key, object? value) in source.Items)
            {
                dict.Set(key, value);
            }
        }

        foreach ((string name, object? value) in call.Named)
        {
            dict.Set(JinjaText.Written(name), value);
        }

        return dict;
    }

    /// <summary>C's strftime in the letters that templates use.</summary>
    private static string Time(JinjaRun run, string format)
    {
        DateTimeOffset now = run.Time.GetLocalNow();
        var text = new StringBuilder();
        for (int i = 0; i < format.Length; i++)
        {
            if (format[i] != '%' || i + 1 >= format.Length)
            {
                text.Append(format[i]);
                continue;
            }

            bool isPlain = format[++i] == '-' && i + 1 < format.Length;
            char letter = isPlain ? format[++i] : format[i];
            string part = letter switch
            {
                'Y' => now.Year.ToString("0000", CultureInfo.InvariantCulture),
                'y' => now.ToString("yy", CultureInfo.InvariantCulture),
                'm' => now.ToString("MM", CultureInfo.InvariantCulture),
                'd' => now.ToString("dd", CultureInfo.InvariantCulture),
                'e' => now.Day.ToString(CultureInfo.InvariantCulture).PadLeft(2),
                'j' => now.DayOfYear.ToString("000", CultureInfo.InvariantCulture),
                'H' => now.ToString("HH", CultureInfo.InvariantCulture),
                'I' => now.ToString("hh", CultureInfo.InvariantCulture),
                'M' => now.ToString("mm", CultureInfo.InvariantCulture),
                'S' => now.ToString("ss", CultureInfo.InvariantCulture),
                'p' => now.ToString("tt", CultureInfo.InvariantCulture),
                'A' => now.ToString("dddd", CultureInfo.InvariantCulture),
                'a' => now.ToString("ddd", CultureInfo.InvariantCulture),
                'B' => now.ToString("MMMM", CultureInfo.InvariantCulture),
                'b' => now.ToString("MMM", CultureInfo.InvariantCulture),
                'F' => now.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
                'T' => now.ToString("HH:mm:ss", CultureInfo.InvariantCulture),
                'Z' => string.Empty,
                '%' => "%",
                _ => throw run.Fail("a strftime letter of YymdejHIMSpAaBbFTZ%", $"'{letter}'"),
            };
            text.Append(isPlain ? part.TrimStart('0', ' ').PadLeft(1, '0') : part);
        }

        return text.ToString();
    }
}
