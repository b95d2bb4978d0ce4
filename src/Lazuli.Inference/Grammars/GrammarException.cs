namespace Lazuli.Inference;

/// <summary>A grammar, schema or expression is damaged, cannot be met, is outside of what is supported, or is too large.</summary>
public sealed class GrammarException : Exception
{
    /// <summary>Says what was wrong, and where.</summary>
    public GrammarException(string place, string expected, string found)
        : base($"{place}: expected {expected}; found {found}.")
    {
        Place = place;
        Expected = expected;
        Found = found;
    }

    /// <summary>Where: a JSON pointer into a schema (<c>#/properties/age</c>), a line and column, or a character of an expression.</summary>
    public string Place { get; }

    /// <summary>What would have been right.</summary>
    public string Expected { get; }

    /// <summary>What stands there.</summary>
    public string Found { get; }
}
