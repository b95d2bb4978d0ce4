namespace Lazuli.Storage;

/// <summary>A transparency log's files are not what its signed checkpoint says; nothing was signed or answered from them.</summary>
public sealed class LogRefusedException(string path, string expected, string found, Exception? inner = null)
    : Exception($"The log was refused at {path}: expected {expected}; found {found}", inner)
{
    /// <summary>The file.</summary>
    public string LogPath { get; } = path;

    /// <summary>What was wanted there.</summary>
    public string Expected { get; } = expected;

    /// <summary>What came.</summary>
    public string Found { get; } = found;
}
