namespace Lazuli.Models;

/// <summary>A model's file does not say what this program can read: damaged, hostile, or of a kind that is not implemented.</summary>
public class ModelFormatException : Exception
{
    /// <summary>Describes the problem.</summary>
    /// <param name="path">The file.</param>
    /// <param name="place">Where in it: a field, a tensor, an offset.</param>
    /// <param name="expected">What would have been right.</param>
    /// <param name="found">What is there.</param>
    /// <param name="innerException">The cause below, when there is one.</param>
    public ModelFormatException(string path, string place, string expected, string found, Exception? innerException = null)
        : base($"{path}: {place}: expected {expected}; found {found}.", innerException)
    {
        Path = path;
        Place = place;
        Expected = expected;
        Found = found;
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Where in the file.</summary>
    public string Place { get; }

    /// <summary>What would have been right.</summary>
    public string Expected { get; }

    /// <summary>What is there.</summary>
    public string Found { get; }
}
