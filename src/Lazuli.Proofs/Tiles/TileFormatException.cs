namespace Lazuli.Proofs;

/// <summary>A tile or entry bundle is not what its address says.</summary>
public sealed class TileFormatException : Exception
{
    internal TileFormatException(string path, long offset, string expected, string found)
        : base($"{path}, byte {offset}: expected {expected}; found {found}.")
    {
        Path = path;
        Offset = offset;
        Expected = expected;
        Found = found;
    }

    /// <summary>Where it lies below the log's prefix.</summary>
    public string Path { get; }

    /// <summary>Byte at which it stops making sense.</summary>
    public long Offset { get; }

    /// <summary>What was wanted there.</summary>
    public string Expected { get; }

    /// <summary>What came.</summary>
    public string Found { get; }
}
