namespace Lazuli.Models;

/// <summary>Which white space a token swallows where it stands in a text, as <c>lstrip</c> and <c>rstrip</c> of <c>tokenizer.json</c> say.</summary>
[Flags]
internal enum TokenTrim
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>That before it.</summary>
    Before = 1,

    /// <summary>That behind it.</summary>
    Behind = 2,
}
