using System.Globalization;
using System.Text;

namespace Lazuli.Models;

/// <summary>Python's <c>repr</c> of lists, dictionaries and what they hold: how a template that prints one shows it.</summary>
internal static class JinjaRepresentation
{
    public static void Append(JinjaRun run, JinjaTextBuilder builder, object? value)
    {
        run.Step();
        run.Enter();
        switch (value)
        {
            case JinjaText text:
                AppendQuoted(run, builder, text);
                break;
            case JinjaList list:
                AppendList(run, builder, list);
                break;
            case JinjaDict dict:
                AppendDict(run, builder, dict);
                break;
            case JinjaUndefined:
                builder.Append("Undefined", given: false);
                break;
            default:
                builder.Append(JinjaValues.ScalarText(value), given: false);
                break;
        }

        run.CheckOutput(builder.Length);
        run.Leave();
    }

    private static void AppendList(JinjaRun run, JinjaTextBuilder builder, JinjaList list)
    {
        builder.Append(list.IsTuple ? "(" : "[", given: false);
        for (int i = 0; i < list.Items.Count; i++)
        {
            builder.Append(i > 0 ? ", " : "", given: false);
            Append(run, builder, list.Items[i]);
        }

        builder.Append(list.IsTuple ? (list.Items.Count == 1 ? ",)" : ")") : "]", given: false);
    }

    private static void AppendDict(JinjaRun run, JinjaTextBuilder builder, JinjaDict dict)
    {
        builder.Append("{", given: false);
        bool first = true;
        foreach ((object? key, object? value) in dict.Items)
        {
            builder.Append(first ? "" : ", ", given: false);
            first = false;
            Append(run, builder, key);
            builder.Append(": ", given: false);
            Append(run, builder, value);
        }

        builder.Append("}", given: false);
    }

    private static void AppendQuoted(JinjaRun run, JinjaTextBuilder builder, JinjaText text)
    {
        run.Spend(text.Length * 2L);
        char quote = text.Value.Contains('\'', StringComparison.Ordinal) && !text.Value.Contains('"', StringComparison.Ordinal) ? '"' : '\'';
        var quoted = new StringBuilder().Append(quote);
        foreach (char c in text.Value)
        {
            switch (c)
            {
                case '\n':
                    quoted.Append("\\n");
                    break;
                case '\r':
                    quoted.Append("\\r");
                    break;
                case '\t':
                    quoted.Append("\\t");
                    break;
                case '\\':
                    quoted.Append("\\\\");
                    break;
                case < ' ' or (>= '\x7f' and < '\xa1') or '\xad':
                    quoted.Append(CultureInfo.InvariantCulture, $"\\x{(int)c:x2}");
                    break;
                default:
                    quoted.Append(c == quote ? "\\" : "").Append(c);
                    break;
            }
        }

        builder.Append(quoted.Append(quote).ToString(), text.HasGiven);
    }
}
