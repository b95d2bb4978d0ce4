namespace Lazuli.Models;

/// <summary>A template is damaged, unsupported, refuses its values or does not end within its bounds.</summary>
public sealed class JinjaException : Exception
{
    /// <summary>Says what was wrong, and where.</summary>
    public JinjaException(JinjaErrorKind kind, int line, int column, string expected, string found)
        : base(kind == JinjaErrorKind.Refused
            ? FormattableString.Invariant($"The chat template refuses this dialogue (line {line}, column {column}): {found}")
            : FormattableString.Invariant($"Chat template, line {line}, column {column}: expected {expected}; found {found}."))
    {
        Kind = kind;
        Line = line;
        Column = column;
        Expected = expected;
        Found = found;
    }

    /// <summary>What kind of failure it is.</summary>
    public JinjaErrorKind Kind { get; }

    /// <summary>Line of the template, from 1.</summary>
    public int Line { get; }

    /// <summary>Character in the line, from 1.</summary>
    public int Column { get; }

    /// <summary>What would have been right.</summary>
    public string Expected { get; }

    /// <summary>What stands there; for <see cref="JinjaErrorKind.Refused"/> the text that the template gave.</summary>
    public string Found { get; }
}
