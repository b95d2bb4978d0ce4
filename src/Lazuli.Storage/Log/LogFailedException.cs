namespace Lazuli.Storage;

/// <summary>The disk failed under a transparency log. The entries are not acknowledged.</summary>
public sealed class LogFailedException : Exception
{
    internal LogFailedException(string folder, string detail, bool needsRestart, Exception? cause = null)
        : base($"The log in {folder} failed: {detail}", cause) => (Folder, NeedsRestart) = (folder, needsRestart);

    /// <summary>The log's folder.</summary>
    public string Folder { get; }

    /// <summary>Whether a checkpoint may or may not have been kept, so that the log takes nothing more until it is opened again; else the same entries may be tried again.</summary>
    public bool NeedsRestart { get; }
}
