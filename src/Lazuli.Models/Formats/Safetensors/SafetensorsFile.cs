using System.Buffers.Binary;
using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;

namespace Lazuli.Models;

/// <summary>A safetensors file, mapped into memory and checked whole when opened. Reading is thread-safe; disposing while another thread reads is not.</summary>
/// <remarks>Layout: <c>u64 N | N bytes of JSON | data</c>, little-endian, row-major. Offsets in the JSON count from the start of the data.</remarks>
public sealed unsafe class SafetensorsFile : IDisposable
{
    private readonly MemoryMappedFile _mapping;
    private readonly MemoryMappedViewAccessor _view;
    private readonly Dictionary<string, SafetensorsTensor> _byName;
    private readonly long _dataStart;
    private byte* _start;

    private SafetensorsFile(string path, MemoryMappedFile mapping, MemoryMappedViewAccessor view, byte* start, long length)
    {
        Path = path;
        _mapping = mapping;
        _view = view;
        _start = start;
        ulong headerLength = BinaryPrimitives.ReadUInt64LittleEndian(new ReadOnlySpan<byte>(start, sizeof(ulong)));
        if (headerLength > SafetensorsHeader.MaxLength || (long)headerLength > length - sizeof(ulong))
        {
            throw new SafetensorsFormatException(path, "offset 0", $"a header of at most {Math.Min(SafetensorsHeader.MaxLength, length - sizeof(ulong))} bytes", $"{headerLength}");
        }

        _dataStart = sizeof(ulong) + (long)headerLength;
        (Tensors, Metadata) = SafetensorsHeader.Parse(path, new ReadOnlySpan<byte>(start + sizeof(ulong), (int)headerLength), length - _dataStart);
        _byName = Tensors.ToDictionary(t => t.Name, StringComparer.Ordinal);
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>The tensors in order of place.</summary>
    public IReadOnlyList<SafetensorsTensor> Tensors { get; }

    /// <summary>The header's <c>__metadata__</c>; empty when there is none.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Maps and checks a file.</summary>
    /// <exception cref="SafetensorsFormatException">Its header or size breaks the format.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static SafetensorsFile Open(string path)
    {
        using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        long length = stream.Length;
        if (length < sizeof(ulong))
        {
            throw new SafetensorsFormatException(path, "offset 0", "the 8 bytes of the header's length", $"a file of {length} bytes");
        }

        MemoryMappedFile mapping = MemoryMappedFile.CreateFromFile(stream, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
        MemoryMappedViewAccessor? view = null;
        byte* start = null;
        try
        {
            view = mapping.CreateViewAccessor(0, length, MemoryMappedFileAccess.Read);
            view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
            return new SafetensorsFile(path, mapping, view, start, length);
        }
        catch
        {
            Release(mapping, view, start);
            throw;
        }
    }

    /// <summary>Finds a tensor by name.</summary>
    public bool TryGet(string name, out SafetensorsTensor? tensor) => _byName.TryGetValue(name, out tensor);

    /// <summary>The bytes of a tensor as they lie in the file; valid until this object is disposed.</summary>
    /// <exception cref="ArgumentException">The tensor is not of this file, or is longer than 2 GiB − 1.</exception>
    public ReadOnlySpan<byte> Bytes(SafetensorsTensor tensor)
    {
        CheckOwned(tensor);
        if (tensor.ByteLength > int.MaxValue)
        {
            throw new ArgumentException($"Tensor '{tensor.Name}' has {tensor.ByteLength} bytes, more than one span can hold; read it in parts.", nameof(tensor));
        }

        return new ReadOnlySpan<byte>(_start + _dataStart + tensor.Begin, (int)tensor.ByteLength);
    }

    /// <summary>Reads consecutive elements of an F32, F16 or BF16 tensor as floats; each is exact.</summary>
    /// <param name="tensor">A tensor of this file.</param>
    /// <param name="first">First element, in row-major order.</param>
    /// <param name="destination">Takes as many elements as it is long.</param>
    /// <exception cref="ArgumentException">The tensor is not of this file, or has fewer elements.</exception>
    /// <exception cref="SafetensorsFormatException">Its elements are of another type.</exception>
    public void ReadFloats(SafetensorsTensor tensor, long first, Span<float> destination)
    {
        CheckOwned(tensor);
        if (first < 0 || first > tensor.ElementCount - destination.Length)
        {
            throw new ArgumentException($"Tensor '{tensor.Name}' has {tensor.ElementCount} elements; asked for {destination.Length} from {first}.", nameof(first));
        }

        byte* begin = _start + _dataStart + tensor.Begin + (first * (tensor.Type.BitWidth() / 8));
        switch (tensor.Type)
        {
            case SafetensorsType.Float32:
                new ReadOnlySpan<byte>(begin, checked(destination.Length * sizeof(float))).CopyTo(MemoryMarshal.AsBytes(destination));
                break;
            case SafetensorsType.Float16:
                HalfPrecision.WidenFloat16(new ReadOnlySpan<byte>(begin, checked(destination.Length * sizeof(ushort))), destination);
                break;
            case SafetensorsType.BFloat16:
                HalfPrecision.WidenBFloat16(new ReadOnlySpan<byte>(begin, checked(destination.Length * sizeof(ushort))), destination);
                break;
            default:
                throw new SafetensorsFormatException(Path, $"tensor '{tensor.Name}'", "weights in F32, F16 or BF16", tensor.Type.FormatName());
        }
    }

    /// <summary>Unmaps the file.</summary>
    public void Dispose()
    {
        if (_start is not null)
        {
            Release(_mapping, _view, _start);
            _start = null;
        }
    }

    private static void Release(MemoryMappedFile mapping, MemoryMappedViewAccessor? view, byte* start)
    {
        if (start is not null)
        {
            view!.SafeMemoryMappedViewHandle.ReleasePointer();
        }

        view?.Dispose();
        mapping.Dispose();
    }

    private void CheckOwned(SafetensorsTensor tensor)
    {
        ObjectDisposedException.ThrowIf(_start is null, this);
        if (!_byName.TryGetValue(tensor.Name, out SafetensorsTensor? own) || !ReferenceEquals(own, tensor))
        {
            throw new ArgumentException($"Tensor '{tensor.Name}' does not belong to {Path}.", nameof(tensor));
        }
    }
}
