using System.Runtime.InteropServices;

namespace Lazuli.Models;

/// <summary>Gives a file a second name on the same disk, so that a large file comes into a folder of ours without being copied.</summary>
/// <remarks>Only for files that nobody else writes: both names mean the same bytes for ever.</remarks>
public static partial class FileLink
{
    /// <summary>Links <paramref name="name"/> to the file; false where the system or the disk cannot, and nothing has changed then.</summary>
    public static bool TryCreate(string file, string name) => !OperatingSystem.IsWindows() && Link(file, name) == 0;

    [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Link(string existing, string created);
}
