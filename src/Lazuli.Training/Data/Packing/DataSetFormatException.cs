namespace Lazuli.Training;

/// <summary>A prepared data set on disk is not what its manifest or this format says.</summary>
public sealed class DataSetFormatException : Exception
{
    /// <summary>Says where the data set is off.</summary>
    public DataSetFormatException(string path, string place, string expected, string found, Exception? inner = null)
        : base($"The data set is damaged: {path}, {place}: expected {expected}; found {found}. Prepare it again.", inner)
    {
        Path = path;
        Place = place;
        Expected = expected;
        Found = found;
    }

    /// <summary>The file or folder that is off.</summary>
    public string Path { get; }

    /// <summary>Where in the file: a field, a row, a byte offset.</summary>
    public string Place { get; }

    /// <summary>What the format asks for there.</summary>
    public string Expected { get; }

    /// <summary>What is there.</summary>
    public string Found { get; }
}
