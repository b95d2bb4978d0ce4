namespace Lazuli.Models;

/// <summary>A tokenizer file is not what it should be, or is of a kind that is not supported here.</summary>
public sealed class TokenizerFormatException : Exception
{
    /// <summary>Says what was wrong, and where.</summary>
    public TokenizerFormatException(string place, string expected, string found, Exception? inner = null)
        : base($"{place}: expected {expected}; found {found}.", inner)
    {
        Place = place;
        Expected = expected;
        Found = found;
    }

    /// <summary>File and the place in it, e.g. <c>tokenizer.json: model.merges[17]</c>.</summary>
    public string Place { get; }

    /// <summary>What should stand there.</summary>
    public string Expected { get; }

    /// <summary>What stands there.</summary>
    public string Found { get; }
}
