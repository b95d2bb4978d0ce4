namespace Lazuli.Training;

/// <summary>Text or documentation given as a corpus cannot be used.</summary>
public sealed class CorpusFormatException : Exception
{
    /// <summary>Says which file is off and where.</summary>
    public CorpusFormatException(string path, string place, string expected, string found, Exception? inner = null)
        : base($"The corpus cannot be used: {path}, {place}: expected {expected}; found {found}.", inner)
    {
        Path = path;
        Place = place;
        Expected = expected;
        Found = found;
    }

    /// <summary>The file or folder that is off.</summary>
    public string Path { get; }

    /// <summary>Where in the file: a line, a byte offset.</summary>
    public string Place { get; }

    /// <summary>What is accepted there.</summary>
    public string Expected { get; }

    /// <summary>What is there.</summary>
    public string Found { get; }
}
