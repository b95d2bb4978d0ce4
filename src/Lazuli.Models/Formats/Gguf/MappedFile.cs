using System.IO.MemoryMappedFiles;

namespace Lazuli.Models;

/// <summary>A whole file mapped read-only. Reading is thread-safe; disposing while another thread reads is not.</summary>
internal sealed unsafe class MappedFile : IDisposable
{
    private readonly MemoryMappedFile _mapping;
    private readonly MemoryMappedViewAccessor _view;
    private byte* _start;

    private MappedFile(string path, MemoryMappedFile mapping, MemoryMappedViewAccessor view, byte* start, long length)
    {
        Path = path;
        _mapping = mapping;
        _view = view;
        _start = start;
        Length = length;
    }

    public string Path { get; }

    public long Length { get; }

    /// <summary>Maps a file that is not empty.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static MappedFile Open(FileStream stream)
    {
        MemoryMappedFile mapping = MemoryMappedFile.CreateFromFile(stream, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
        MemoryMappedViewAccessor? view = null;
        byte* start = null;
        try
        {
            long length = stream.Length;
            view = mapping.CreateViewAccessor(0, length, MemoryMappedFileAccess.Read);
            view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
            return new MappedFile(stream.Name, mapping, view, start, length);
        }
        catch
        {
            view?.Dispose();
            mapping.Dispose();
            throw;
        }
    }

    /// <summary>Bytes at a place that was checked to be inside.</summary>
    /// <exception cref="ObjectDisposedException">The file is unmapped.</exception>
    public ReadOnlySpan<byte> Bytes(long offset, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, Length - length);
        return new ReadOnlySpan<byte>(Address(offset), length);
    }

    /// <summary>Address of a byte; valid until this is disposed.</summary>
    /// <exception cref="ObjectDisposedException">The file is unmapped.</exception>
    public byte* Address(long offset)
    {
        ObjectDisposedException.ThrowIf(_start is null, this);
        return _start + offset;
    }

    /// <summary>Place of an address that <see cref="Address"/> gave.</summary>
    public long OffsetOf(nint address)
    {
        ObjectDisposedException.ThrowIf(_start is null, this);
        return (byte*)address - _start;
    }

    public void Dispose()
    {
        if (_start is not null)
        {
            _view.SafeMemoryMappedViewHandle.ReleasePointer();
            _view.Dispose();
            _mapping.Dispose();
            _start = null;
        }
    }
}
