using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Lazuli.Models;

/// <summary>Writes a safetensors file: declare the tensors, write each once in any order, commit. Without <see cref="Commit"/> nothing appears under the name.</summary>
/// <remarks>Tensors lie by descending element width, then name, and the header is padded with blanks to 8 bytes, as the reference writer does, so every tensor is aligned to its element.</remarks>
public sealed class SafetensorsWriter : IDisposable
{
    private const int ChunkElements = 1 << 16;

    private readonly StagedFile _file;
    private readonly long _dataStart;
    private readonly Dictionary<string, SafetensorsTensor> _pending;

    /// <summary>Lays out the file and takes its room on the disk.</summary>
    /// <param name="path">Name of the file to come.</param>
    /// <param name="tensors">Name, type (F32, F16 or BF16) and shape of each tensor.</param>
    /// <param name="metadata">Text for <c>__metadata__</c>.</param>
    /// <exception cref="ArgumentException">A name comes twice, is reserved, or a type cannot be written.</exception>
    /// <exception cref="IOException">The file cannot be created, or the disk has no room.</exception>
    public SafetensorsWriter(string path, IEnumerable<(string Name, SafetensorsType Type, IReadOnlyList<long> Shape)> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        IReadOnlyList<SafetensorsTensor> laidOut = LayOut(tensors);
        _pending = laidOut.ToDictionary(t => t.Name, StringComparer.Ordinal);
        byte[] header = Header(laidOut, metadata);
        _dataStart = header.Length;
        DataLength = laidOut.Count > 0 ? laidOut[^1].End : 0;
        _file = new StagedFile(path, _dataStart + DataLength);
        try
        {
            _file.Write(header, 0);
        }
        catch
        {
            _file.Dispose();
            throw;
        }
    }

    /// <summary>Bytes of all tensors together.</summary>
    public long DataLength { get; }

    /// <summary>Writes one tensor, narrowing (to nearest, ties to even) where its type is 16 bits wide.</summary>
    /// <exception cref="ArgumentException">The tensor was not declared, was written already, or has another number of elements; or a finite value is too large for F16.</exception>
    /// <exception cref="IOException">The disk failed or is full.</exception>
    public void Write(string name, ReadOnlySpan<float> values)
    {
        if (!_pending.Remove(name, out SafetensorsTensor? tensor))
        {
            throw new ArgumentException($"Tensor '{name}' was not declared, or is written already.", nameof(name));
        }

        if (values.Length != tensor.ElementCount)
        {
            throw new ArgumentException($"Tensor '{name}' has {tensor.ElementCount} elements; got {values.Length}.", nameof(values));
        }

        long offset = _dataStart + tensor.Begin;
        if (tensor.Type == SafetensorsType.Float32)
        {
            for (int done = 0; done < values.Length; done += ChunkElements)
            {
                ReadOnlySpan<float> chunk = values.Slice(done, Math.Min(ChunkElements, values.Length - done));
                _file.Write(MemoryMarshal.AsBytes(chunk), offset + ((long)done * sizeof(float)));
            }
        }
        else
        {
            WriteNarrowed(tensor, values, offset);
        }
    }

    /// <summary>Syncs the file and gives it its name.</summary>
    /// <exception cref="InvalidOperationException">A declared tensor was not written.</exception>
    public void Commit()
    {
        if (_pending.Count > 0)
        {
            throw new InvalidOperationException($"{_pending.Count} declared tensors were not written; '{_pending.Keys.First()}' is one.");
        }

        _file.Commit();
    }

    /// <summary>Removes what was written unless it was committed.</summary>
    public void Dispose() => _file.Dispose();

    private void WriteNarrowed(SafetensorsTensor tensor, ReadOnlySpan<float> values, long offset)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(ChunkElements * sizeof(ushort));
        try
        {
            for (int done = 0; done < values.Length; done += ChunkElements)
            {
                ReadOnlySpan<float> chunk = values.Slice(done, Math.Min(ChunkElements, values.Length - done));
                Span<byte> bytes = buffer.AsSpan(0, chunk.Length * sizeof(ushort));
                if (tensor.Type == SafetensorsType.Float16)
                {
                    HalfPrecision.NarrowToFloat16Checked(tensor.Name, chunk, bytes);
                }
                else
                {
                    HalfPrecision.NarrowToBFloat16(chunk, bytes);
                }

                _file.Write(bytes, offset + ((long)done * sizeof(ushort)));
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static List<SafetensorsTensor> LayOut(IEnumerable<(string Name, SafetensorsType Type, IReadOnlyList<long> Shape)> tensors)
    {
        var laidOut = new List<SafetensorsTensor>();
        var names = new HashSet<string>(StringComparer.Ordinal) { SafetensorsHeader.MetadataKey };
        long next = 0;
        foreach ((string name, SafetensorsType type, IReadOnlyList<long> shape) in tensors.OrderByDescending(t => t.Type.BitWidth()).ThenBy(t => t.Name, StringComparer.Ordinal))
        {
            if (type is not (SafetensorsType.Float32 or SafetensorsType.Float16 or SafetensorsType.BFloat16))
            {
                throw new ArgumentException($"Tensor '{name}' is {type.FormatName()}; only F32, F16 and BF16 can be written.", nameof(tensors));
            }

            if (!names.Add(name))
            {
                throw new ArgumentException($"Tensor name '{name}' is reserved or comes twice.", nameof(tensors));
            }

            long elements = shape.Aggregate(1L, (product, d) => checked(product * d));
            long end = checked(next + (elements * (type.BitWidth() / 8)));
            laidOut.Add(new SafetensorsTensor(name, type, shape, next, end));
            next = end;
        }

        return laidOut;
    }

    private static byte[] Header(IReadOnlyList<SafetensorsTensor> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            if (metadata.Count > 0)
            {
                json.WriteStartObject(SafetensorsHeader.MetadataKey);
                foreach ((string key, string value) in metadata.OrderBy(p => p.Key, StringComparer.Ordinal))
                {
                    json.WriteString(key, value);
                }

                json.WriteEndObject();
            }

            foreach (SafetensorsTensor tensor in tensors)
            {
                WriteEntry(json, tensor);
            }

            json.WriteEndObject();
        }

        int padded = (buffer.WrittenCount + 7) / 8 * 8;
        byte[] header = new byte[sizeof(ulong) + padded];
        BinaryPrimitives.WriteUInt64LittleEndian(header, (ulong)padded);
        buffer.WrittenSpan.CopyTo(header.AsSpan(sizeof(ulong)));
        header.AsSpan(sizeof(ulong) + buffer.WrittenCount).Fill((byte)' ');
        return header;
    }

    private static void WriteEntry(Utf8JsonWriter json, SafetensorsTensor tensor)
    {
        json.WriteStartObject(tensor.Name);
        json.WriteString("dtype", tensor.Type.FormatName());
        json.WriteStartArray("shape");
        foreach (long d in tensor.Shape)
        {
            json.WriteNumberValue(d);
        }

        json.WriteEndArray();
        json.WriteStartArray("data_offsets");
        json.WriteNumberValue(tensor.Begin);
        json.WriteNumberValue(tensor.End);
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
