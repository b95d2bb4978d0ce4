namespace Lazuli.Cli;

/// <summary>A folder in which an import puts a model together. It is held by a lock beside it, so that whoever comes next knows what a killed process left.</summary>
internal sealed class ImportFolder : IDisposable
{
    private const string Prefix = "new-import-";
    private const string LockEnding = ".lock";
    private readonly FileStream _lock;

    private ImportFolder(string path, FileStream held)
    {
        Path = path;
        _lock = held;
    }

    /// <summary>The folder; empty at first, gone in the end unless it was moved away.</summary>
    public string Path { get; }

    /// <summary>Makes a folder, and removes those of processes that are no more.</summary>
    /// <param name="parent">Where; made when it is not there.</param>
    public static ImportFolder Create(string parent)
    {
        Directory.CreateDirectory(parent);
        foreach (string left in Directory.EnumerateDirectories(parent, Prefix + "*"))
        {
            if (TryHold(left) is { } unheld)
            {
                Directory.Delete(left, recursive: true);
                unheld.Dispose();
            }
        }

        string path = System.IO.Path.Combine(parent, $"{Prefix}{Guid.NewGuid():N}");
        FileStream held = TryHold(path) ?? throw new IOException($"Cannot hold {path}{LockEnding}; another process has it open.");
        Directory.CreateDirectory(path);
        return new ImportFolder(path, held);
    }

    public void Dispose()
    {
        if (Directory.Exists(Path))
        {
            Directory.Delete(Path, recursive: true);
        }

        _lock.Dispose();
    }

    private static FileStream? TryHold(string path)
    {
        try
        {
            return new FileStream(path + LockEnding, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0, FileOptions.DeleteOnClose);
        }
        catch (IOException) when (File.Exists(path + LockEnding))
        {
            return null; // held by a process that is at work
        }
    }
}
