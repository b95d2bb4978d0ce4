using Microsoft.Win32.SafeHandles;

namespace Lazuli.Models;

/// <summary>A file that appears under its name whole and durable, or not at all: written as <c>name.tmp</c>, synced, renamed.</summary>
internal sealed class StagedFile : IDisposable
{
    private readonly string _path;
    private readonly string _temporaryPath;
    private SafeFileHandle? _handle;

    /// <summary>Creates the temporary file, replacing one that a killed process left, with room for <paramref name="length"/> bytes.</summary>
    /// <exception cref="IOException">It cannot be created, or the disk has no room for it.</exception>
    public StagedFile(string path, long length)
    {
        _path = Path.GetFullPath(path);
        _temporaryPath = _path + ".tmp";
        _handle = File.OpenHandle(_temporaryPath, FileMode.Create, FileAccess.Write, FileShare.None, FileOptions.None, length);
    }

    /// <summary>Writes at a place; places may come in any order.</summary>
    public void Write(ReadOnlySpan<byte> bytes, long offset)
    {
        ObjectDisposedException.ThrowIf(_handle is null, this);
        RandomAccess.Write(_handle, bytes, offset);
    }

    /// <summary>Syncs the content and gives the file its name, replacing any file of that name.</summary>
    public void Commit()
    {
        ObjectDisposedException.ThrowIf(_handle is null, this);
        RandomAccess.FlushToDisk(_handle);
        _handle.Dispose();
        File.Move(_temporaryPath, _path, overwrite: true);
        _handle = null;
        DirectorySync.Flush(Path.GetDirectoryName(_path)!);
    }

    /// <summary>Removes the temporary file unless <see cref="Commit"/> has renamed it.</summary>
    public void Dispose()
    {
        if (_handle is not null)
        {
            _handle.Dispose();
            _handle = null;
            File.Delete(_temporaryPath);
        }
    }

    /// <summary>Writes a whole small file in the same way.</summary>
    public static void WriteAll(string path, ReadOnlySpan<byte> bytes)
    {
        using var file = new StagedFile(path, bytes.Length);
        file.Write(bytes, 0);
        file.Commit();
    }
}
