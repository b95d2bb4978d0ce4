namespace Lazuli.Training;

/// <summary>A sound checkpoint that does not belong to this run: another model shape, data set, tokenizer, seed or optimizer.</summary>
public sealed class CheckpointMismatchException : Exception
{
    /// <summary>Says what differs.</summary>
    public CheckpointMismatchException(string path, IReadOnlyList<string> differences)
        : base($"The checkpoint {path} belongs to another run: {string.Join("; ", differences)}. Start a new run directory, or use the recipe and data it was made with.")
    {
        Path = path;
        Differences = differences;
    }

    /// <summary>The checkpoint.</summary>
    public string Path { get; }

    /// <summary>What differs, one entry each.</summary>
    public IReadOnlyList<string> Differences { get; }
}
