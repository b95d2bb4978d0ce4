using System.Globalization;
using System.Text;

namespace Lazuli.Models;

/// <summary>The <c>tojson</c> filter as published templates know it: <c>json.dumps</c> with <c>ensure_ascii</c> off, and no HTML escapes.</summary>
internal static class JinjaJson
{
    public static JinjaText Write(JinjaRun run, object? value, int? indent, (string Item, string Key)? separators, bool ascii, bool sorted)
    {
        var writer = new Writer(run, indent, separators ?? (indent is null ? ", " : ",", ": "), ascii, sorted);
        writer.Write(value, 0);
        run.Made(writer.Text.Length);
        return JinjaText.Of(writer.Text.ToString(), writer.HasGiven);
    }

    private sealed class Writer(JinjaRun run, int? indent, (string Item, string Key) separators, bool ascii, bool sorted)
    {
        public StringBuilder Text { get; } = new();

        public bool HasGiven { get; private set; }

        public void Write(object? value, int level)
        {
            run.Step();
            run.Enter();
            switch (value)
            {
                case JinjaText text:
                    Quote(text);
                    break;
                case JinjaList list:
                    Elements('[', ']', list.Items.Count, level, i => Write(list.Items[i], level + 1));
                    break;
                case JinjaDict dict:
                    List<(object? Key, object? Value)> items = [.. dict.Items];
                    if (sorted)
                    {
                        items = JinjaValues.Sort(run, items, items.ConvertAll(item => item.Key), descending: false);
                    }

                    Elements('{', '}', items.Count, level, i => Entry(items[i].Key, items[i].Value, level));
                    break;
                case null or bool or long or double:
                    Text.Append(Scalar(value));
                    break;
                default:
                    throw run.Fail("a value that JSON can hold", JinjaValues.Describe(value));
            }

            run.CheckOutput(Text.Length);
            run.Leave();
        }

        private void Entry(object? key, object? value, int level)
        {
            if (key is JinjaText text)
            {
                Quote(text);
            }
            else
            {
                Text.Append('"').Append(Scalar(key)).Append('"');
            }

            Text.Append(separators.Key);
            Write(value, level + 1);
        }

        private void Elements(char open, char close, int count, int level, Action<int> write)
        {
            Text.Append(open);
            for (int i = 0; i < count; i++)
            {
                Text.Append(i > 0 ? separators.Item : "");
                Line(level + 1);
                write(i);
            }

            if (count > 0)
            {
                Line(level);
            }

            Text.Append(close);
        }

        private void Line(int level)
        {
            if (indent is int width)
            {
                run.CheckOutput(Text.Length + (width * (long)level));
                Text.Append('\n').Append(' ', width * level);
            }
        }

        private void Quote(JinjaText text)
        {
            run.Spend(text.Length * 2L);
            HasGiven |= text.HasGiven;
            Text.Append('"');
            foreach (char c in text.Value)
            {
                int plain = "\b\f\n\r\t\"\\".IndexOf(c, StringComparison.Ordinal);
                if (plain >= 0)
                {
                    Text.Append('\\').Append("bfnrt\"\\"[plain]);
                }
                else if (c < ' ' || (ascii && c > '~'))
                {
                    Text.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
                }
                else
                {
                    Text.Append(c);
                }
            }

            Text.Append('"');
        }

        private static string Scalar(object? value) => value switch
        {
            null => "null",
            true => "true",
            false => "false",
            double number when double.IsNaN(number) => "NaN",
            double number when double.IsInfinity(number) => number > 0 ? "Infinity" : "-Infinity",
            _ => JinjaValues.ScalarText(value),
        };
    }
}
