using System.Buffers;
using System.Text;

namespace Lazuli.Models;

/// <summary>Python's string operations on text that knows its writers.</summary>
internal static class JinjaStrings
{
    private static readonly SearchValues<char> LineEnds = SearchValues.Create("\n\r\v\f\u001c\u001d\u001e\u0085\u2028\u2029");

    public static JinjaText Concat(JinjaRun run, params ReadOnlySpan<JinjaText> parts)
    {
        var builder = new JinjaTextBuilder();
        foreach (JinjaText part in parts)
        {
            run.Made(part.Length);
            run.CheckOutput((long)builder.Length + part.Length);
            builder.Append(part);
        }

        return builder.ToText();
    }

    public static JinjaText Repeat(JinjaRun run, JinjaText text, long count)
    {
        count = Math.Max(0, count);
        if (text.Length == 0 || count == 0)
        {
            return JinjaText.Empty;
        }

        run.CheckOutput(count > int.MaxValue ? long.MaxValue : count * text.Length);
        run.Made(count * text.Length);
        var builder = new JinjaTextBuilder();
        for (; count > 0; count--)
        {
            run.Step();
            builder.Append(text);
        }

        return builder.ToText();
    }

    /// <summary><c>strip</c> and its like: drops white space, or any of the given characters.</summary>
    public static JinjaText Strip(JinjaRun run, JinjaText text, JinjaText? characters, bool left, bool right)
    {
        run.SpendSearch(text.Length, characters?.Length ?? 1);
        int start = 0;
        int end = text.Length;
        while (left && start < end && Strips(text.Value[start], characters))
        {
            start++;
        }

        while (right && end > start && Strips(text.Value[end - 1], characters))
        {
            end--;
        }

        return text.Slice(start, end - start);
    }

    public static JinjaText Replace(JinjaRun run, JinjaText text, JinjaText old, JinjaText with, long count)
    {
        run.SpendSearch(text.Length, old.Length);
        var builder = new JinjaTextBuilder();
        int at = 0;
        if (old.Length == 0)
        {
            // Python puts the new text before every character and at the end.
            for (; count != 0 && at <= text.Length; count--)
            {
                run.Step();
                run.Made(with.Length + 1);
                run.CheckOutput((long)builder.Length + with.Length);
                builder.Append(with);
                int length = Math.Min(text.Length - at, at + 1 < text.Length && char.IsSurrogatePair(text.Value[at], text.Value[at + 1]) ? 2 : 1);
                builder.Append(text, at, length);
                at += Math.Max(1, length);
            }
        }
        else
        {
            for (int found; count != 0 && (found = text.Value.IndexOf(old.Value, at, StringComparison.Ordinal)) >= 0; count--)
            {
                run.Step();
                run.Made(found - at + with.Length);
                run.CheckOutput((long)builder.Length + (found - at) + with.Length);
                builder.Append(text, at, found - at);
                builder.Append(with);
                at = found + old.Length;
            }
        }

        if (at < text.Length)
        {
            run.Made(text.Length - at);
            builder.Append(text, at, text.Length - at);
        }

        return builder.ToText();
    }

    public static JinjaList Split(JinjaRun run, JinjaText text, JinjaText? separator, long limit)
    {
        run.Made(text.Length);
        var parts = new List<object?>();
        if (separator is null)
        {
            SplitAtSpaces(run, text, limit, parts);
            return new JinjaList(parts);
        }

        if (separator.Length == 0)
        {
            throw run.Fail("a separator with characters", "an empty one");
        }

        run.SpendSearch(text.Length, separator.Length);
        int at = 0;
        for (int found; limit != 0 && (found = text.Value.IndexOf(separator.Value, at, StringComparison.Ordinal)) >= 0; limit--)
        {
            run.Step();
            parts.Add(text.Slice(at, found - at));
            at = found + separator.Length;
        }

        parts.Add(text.Slice(at, text.Length - at));
        return new JinjaList(parts);
    }

    /// <summary>As <see cref="Split"/>, from the end.</summary>
    public static JinjaList SplitFromEnd(JinjaRun run, JinjaText text, JinjaText separator, long limit)
    {
        if (separator.Length == 0)
        {
            throw run.Fail("a separator with characters", "an empty one");
        }

        run.Made(text.Length);
        run.SpendSearch(text.Length, separator.Length);
        var parts = new List<object?>();
        int end = text.Length;
        for (int found; limit != 0 && end > 0 && (found = text.Value.AsSpan(0, end).LastIndexOf(separator.Value, StringComparison.Ordinal)) >= 0; limit--)
        {
            run.Step();
            parts.Add(text.Slice(found + separator.Length, end - found - separator.Length));
            end = found;
        }

        parts.Add(text.Slice(0, end));
        parts.Reverse();
        return new JinjaList(parts);
    }

    public static List<JinjaText> Lines(JinjaRun run, JinjaText text, bool keepEnds = false)
    {
        run.Made(text.Length);
        var lines = new List<JinjaText>();
        for (int at = 0; at < text.Length;)
        {
            run.Step();
            int length = text.Value.AsSpan(at).IndexOfAny(LineEnds);
            length = length < 0 ? text.Length - at : length;
            int next = at + length;
            next += next + 1 < text.Length && text.Value[next] == '\r' && text.Value[next + 1] == '\n' ? 2 : 1;
            next = Math.Min(next, text.Length);
            lines.Add(text.Slice(at, keepEnds ? next - at : length));
            at = next;
        }

        return lines;
    }

    public static JinjaText Map(JinjaRun run, JinjaText text, Func<string, string> change)
    {
        run.Made(text.Length);
        return text.WithCharacters(change(text.Value));
    }

    /// <summary>First letter of each word large, the others small; a word follows any character that <paramref name="separates"/>.</summary>
    public static string Title(string text, Func<char, bool> separates)
    {
        var title = new StringBuilder(text.Length);
        bool starts = true;
        foreach (char c in text)
        {
            title.Append(starts ? char.ToUpperInvariant(c) : char.ToLowerInvariant(c));
            starts = separates(c);
        }

        return title.ToString();
    }

    public static string Capitalize(string text) => text.Length == 0 ? text : char.ToUpperInvariant(text[0]) + text[1..].ToLowerInvariant();

    /// <summary>Some letters are large and none is small.</summary>
    public static bool IsUpper(JinjaRun run, JinjaText text)
    {
        run.Spend(text.Length);
        return text.Value.Any(char.IsUpper) && !text.Value.Any(char.IsLower);
    }

    /// <summary>Some letters are small and none is large.</summary>
    public static bool IsLower(JinjaRun run, JinjaText text)
    {
        run.Spend(text.Length);
        return text.Value.Any(char.IsLower) && !text.Value.Any(char.IsUpper);
    }

    public static JinjaText Reverse(JinjaRun run, JinjaText text)
    {
        run.Spend(text.Length * 8L);
        var builder = new JinjaTextBuilder();
        for (int end = text.Length; end > 0;)
        {
            int length = end > 1 && char.IsSurrogatePair(text.Value[end - 2], text.Value[end - 1]) ? 2 : 1;
            builder.Append(text, end - length, length);
            end -= length;
        }

        return builder.ToText();
    }

    private static bool Strips(char c, JinjaText? characters) =>
        characters is null ? JinjaLexer.IsSpace(c) : characters.Value.Contains(c, StringComparison.Ordinal);

    private static void SplitAtSpaces(JinjaRun run, JinjaText text, long limit, List<object?> parts)
    {
        int at = 0;
        while (true)
        {
            while (at < text.Length && JinjaLexer.IsSpace(text.Value[at]))
            {
                at++;
            }

            if (at >= text.Length)
            {
                return;
            }

            run.Step();
            if (limit-- == 0)
            {
                parts.Add(Strip(run, text.Slice(at, text.Length - at), null, left: false, right: true));
                return;
            }

            int end = at;
            while (end < text.Length && !JinjaLexer.IsSpace(text.Value[end]))
            {
                end++;
            }

            parts.Add(text.Slice(at, end - at));
            at = end;
        }
    }
}
