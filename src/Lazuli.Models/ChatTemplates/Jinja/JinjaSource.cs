namespace Lazuli.Models;

/// <summary>The text of a template with its line ends made one, and places in it.</summary>
internal sealed class JinjaSource
{
    public JinjaSource(string text)
    {
        text = text.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n');
        Text = text.EndsWith('\n') ? text[..^1] : text; // Jinja drops one line end at the end of a template
    }

    public string Text { get; }

    public JinjaException Fail(JinjaErrorKind kind, int at, string expected, string found)
    {
        ReadOnlySpan<char> before = Text.AsSpan(0, Math.Min(at, Text.Length));
        return new JinjaException(kind, before.Count('\n') + 1, before.Length - before.LastIndexOf('\n'), expected, found);
    }

    public JinjaException Syntax(int at, string expected, string found) => Fail(JinjaErrorKind.Syntax, at, expected, found);
}
