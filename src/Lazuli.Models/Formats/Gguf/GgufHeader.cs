using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Lazuli.Models;

/// <summary>Builds the part of a GGUF file before the tensors' data: counts, keyed values, tensor infos, padding.</summary>
internal sealed class GgufHeader
{
    /// <summary>Every tensor starts at a multiple of this; the format's default.</summary>
    public const int Alignment = 32;

    private const uint Version = 3;

    private readonly ArrayBufferWriter<byte> _values = new();
    private ulong _count;

    /// <summary>Rounds up to <see cref="Alignment"/>.</summary>
    public static long Align(long length) => (length + Alignment - 1) / Alignment * Alignment;

    public void Add(string key, string value)
    {
        Key(key, GgufValueType.String);
        Write(_values, value);
    }

    public void Add(string key, uint value)
    {
        Key(key, GgufValueType.UInt32);
        Write(_values, value);
    }

    public void Add(string key, float value)
    {
        Key(key, GgufValueType.Float32);
        Write(_values, BitConverter.SingleToUInt32Bits(value));
    }

    public void Add(string key, bool value)
    {
        Key(key, GgufValueType.Bool);
        _values.Write([value ? (byte)1 : (byte)0]);
    }

    public void Add(string key, IReadOnlyCollection<string> values)
    {
        Key(key, GgufValueType.Array);
        Write(_values, (uint)GgufValueType.String);
        Write(_values, (ulong)values.Count);
        foreach (string value in values)
        {
            Write(_values, value);
        }
    }

    public void Add(string key, IReadOnlyCollection<int> values)
    {
        Key(key, GgufValueType.Array);
        Write(_values, (uint)GgufValueType.Int32);
        Write(_values, (ulong)values.Count);
        foreach (int value in values)
        {
            Write(_values, unchecked((uint)value));
        }
    }

    public void Add(string key, IReadOnlyCollection<float> values)
    {
        Key(key, GgufValueType.Array);
        Write(_values, (uint)GgufValueType.Float32);
        Write(_values, (ulong)values.Count);
        foreach (float value in values)
        {
            Write(_values, BitConverter.SingleToUInt32Bits(value));
        }
    }

    /// <summary>A value as another file has it: <paramref name="bytes"/> without the length of a text, or the type and count of an array.</summary>
    public void Add(string key, GgufValue value, ReadOnlySpan<byte> bytes)
    {
        Key(key, value.Type);
        if (value.Type == GgufValueType.String)
        {
            Write(_values, (ulong)bytes.Length);
        }
        else if (value.Type == GgufValueType.Array)
        {
            Write(_values, (uint)value.Element);
            Write(_values, (ulong)value.Count);
        }

        _values.Write(bytes);
    }

    /// <summary>The header's bytes for tensors that lie one after another, each aligned.</summary>
    public byte[] Build(IReadOnlyList<GgufOutput> tensors)
    {
        var header = new ArrayBufferWriter<byte>();
        header.Write("GGUF"u8);
        Write(header, Version);
        Write(header, (ulong)tensors.Count);
        Write(header, _count);
        header.Write(_values.WrittenSpan);
        long offset = 0;
        foreach (GgufOutput tensor in tensors)
        {
            Write(header, tensor.Name);
            Write(header, (uint)tensor.Dimensions.Count);
            foreach (long size in tensor.Dimensions)
            {
                Write(header, (ulong)size);
            }

            Write(header, tensor.Format.GgufNumber());
            Write(header, (ulong)offset);
            offset += Align(tensor.ByteLength);
        }

        header.Write(new byte[Align(header.WrittenCount) - header.WrittenCount]);
        return header.WrittenSpan.ToArray();
    }

    private void Key(string key, GgufValueType type)
    {
        Write(_values, key);
        Write(_values, (uint)type);
        _count++;
    }

    private static void Write(ArrayBufferWriter<byte> buffer, uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(buffer.GetSpan(sizeof(uint)), value);
        buffer.Advance(sizeof(uint));
    }

    private static void Write(ArrayBufferWriter<byte> buffer, ulong value)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(buffer.GetSpan(sizeof(ulong)), value);
        buffer.Advance(sizeof(ulong));
    }

    private static void Write(ArrayBufferWriter<byte> buffer, string value)
    {
        int length = Encoding.UTF8.GetByteCount(value);
        Write(buffer, (ulong)length);
        Encoding.UTF8.GetBytes(value, buffer.GetSpan(length));
        buffer.Advance(length);
    }
}
