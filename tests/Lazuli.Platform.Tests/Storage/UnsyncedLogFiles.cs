using Lazuli.Storage;

namespace Lazuli.Platform.Tests;

/// <summary>Files of a log that are written without syncs.</summary>
internal sealed class UnsyncedLogFiles(string folder) : LogFiles(folder)
{
    public override void Write(string path, ReadOnlySpan<byte> bytes, bool settle)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, bytes);
    }
}
