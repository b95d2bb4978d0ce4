namespace Lazuli.Training;

/// <summary>A checkpoint on disk is not what its manifest or this format says: truncated, damaged, or not a checkpoint.</summary>
public sealed class CheckpointFormatException : Exception
{
    /// <summary>Says where the checkpoint is off.</summary>
    public CheckpointFormatException(string path, string place, string expected, string found, Exception? inner = null)
        : base($"The checkpoint is damaged: {path}, {place}: expected {expected}; found {found}.", inner)
    {
        Path = path;
        Place = place;
        Expected = expected;
        Found = found;
    }

    /// <summary>The file or folder that is off.</summary>
    public string Path { get; }

    /// <summary>Where in it: a field, an offset, the contents.</summary>
    public string Place { get; }

    /// <summary>What the format asks for there.</summary>
    public string Expected { get; }

    /// <summary>What is there.</summary>
    public string Found { get; }
}
