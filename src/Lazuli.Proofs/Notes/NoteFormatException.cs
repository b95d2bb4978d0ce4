namespace Lazuli.Proofs;

/// <summary>A signed note, checkpoint, log receipt or note key is not written as its format says.</summary>
public sealed class NoteFormatException : Exception
{
    internal NoteFormatException(string what, int line, string expected, string found)
        : base(line > 0 ? $"{what}, line {line}: expected {expected}; found {found}." : $"{what}: expected {expected}; found {found}.")
    {
        What = what;
        Line = line;
        Expected = expected;
        Found = found;
    }

    /// <summary>What was being read, such as "checkpoint".</summary>
    public string What { get; }

    /// <summary>The line at fault, from 1; 0 where the text as a whole is.</summary>
    public int Line { get; }

    /// <summary>What was wanted there.</summary>
    public string Expected { get; }

    /// <summary>What came, cut short where it is long.</summary>
    public string Found { get; }

    /// <summary>Outside text as a message may show it: one line, no control characters, not long.</summary>
    internal static string Quote(string text)
    {
        const int longest = 80;
        string start = text.Length > longest ? text[..longest] + "…" : text;
        return $"'{string.Concat(start.Select(c => char.IsControl(c) || char.IsSurrogate(c) ? '?' : c))}'";
    }
}
