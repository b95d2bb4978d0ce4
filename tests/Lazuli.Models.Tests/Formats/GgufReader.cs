using System.Runtime.InteropServices;
using System.Text;

namespace Lazuli.Models.Tests;

/// <summary>Reads GGUF as its specification says, independently of our writer.</summary>
internal sealed class GgufReader
{
    private const long Alignment = 32;

    public Dictionary<string, object> Values { get; } = new(StringComparer.Ordinal);

    public List<string> Keys { get; } = [];

    public Dictionary<string, Tensor> Tensors { get; } = new(StringComparer.Ordinal);

    public sealed record Tensor(long[] Dimensions, uint Type, byte[] Bytes)
    {
        /// <summary>Elements in the file's order, converted to floats.</summary>
        public float[] Floats()
        {
            switch (Type)
            {
                case 0:
                    return MemoryMarshal.Cast<byte, float>(Bytes).ToArray();
                case 1:
                    return Array.ConvertAll(MemoryMarshal.Cast<byte, Half>(Bytes).ToArray(), h => (float)h);
                case 8:
                    return [.. Bytes.Chunk(34).SelectMany(b => b[2..].Select(q => (float)BitConverter.ToHalf(b) * (sbyte)q))];
                default:
                    throw new InvalidDataException($"type {Type}");
            }
        }
    }

    public GgufReader(string path)
    {
        using var reader = new BinaryReader(File.OpenRead(path), Encoding.UTF8);
        Assert.Equal("GGUF", Encoding.ASCII.GetString(reader.ReadBytes(4)));
        Assert.Equal(3u, reader.ReadUInt32());
        long tensorCount = reader.ReadInt64();
        long valueCount = reader.ReadInt64();
        for (long i = 0; i < valueCount; i++)
        {
            string key = Text(reader);
            Keys.Add(key);
            Assert.Matches("^[a-z0-9_]+(\\.[a-z0-9_]+)*$", key);
            Assert.True(Values.TryAdd(key, Value(reader, reader.ReadUInt32())), key);
        }

        var infos = new List<(string Name, long[] Dimensions, uint Type, long Offset)>();
        for (long i = 0; i < tensorCount; i++)
        {
            string name = Text(reader);
            Assert.InRange(Encoding.UTF8.GetByteCount(name), 1, 64);
            long[] dimensions = [.. Enumerable.Range(0, (int)reader.ReadUInt32()).Select(_ => reader.ReadInt64())];
            Assert.InRange(dimensions.Length, 1, 4);
            infos.Add((name, dimensions, reader.ReadUInt32(), reader.ReadInt64()));
        }

        long start = Align(reader.BaseStream.Position);
        long end = start;
        foreach ((string name, long[] dimensions, uint type, long offset) in infos)
        {
            Assert.Equal(0, offset % Alignment);
            Assert.Equal(end, start + offset); // one after another, in order
            long elements = dimensions.Aggregate(1L, (a, b) => a * b);
            int bytes = checked((int)(type switch { 0 => elements * 4, 1 => elements * 2, 8 => elements / 32 * 34, _ => throw new InvalidDataException($"type {type}") }));
            reader.BaseStream.Position = start + offset;
            Tensors.Add(name, new Tensor(dimensions, type, reader.ReadBytes(bytes)));
            Assert.Equal(bytes, Tensors[name].Bytes.Length);
            end = Align(start + offset + bytes);
            Assert.All(reader.ReadBytes((int)(end - (start + offset + bytes))), b => Assert.Equal(0, b));
        }

        Assert.Equal(end, reader.BaseStream.Length); // padded after the last as well
    }

    private static long Align(long n) => (n + Alignment - 1) / Alignment * Alignment;

    private static string Text(BinaryReader reader) => Encoding.UTF8.GetString(reader.ReadBytes(checked((int)reader.ReadInt64())));

    private static object Value(BinaryReader reader, uint type) => type switch
    {
        4 => reader.ReadUInt32(),
        5 => reader.ReadInt32(),
        6 => reader.ReadSingle(),
        7 => reader.ReadByte() switch { 0 => false, 1 => true, _ => throw new InvalidDataException("bool") },
        8 => Text(reader),
        9 => Items(reader),
        _ => throw new InvalidDataException($"value type {type}"),
    };

    private static object[] Items(BinaryReader reader)
    {
        uint type = reader.ReadUInt32();
        long count = reader.ReadInt64();
        return [.. Enumerable.Range(0, checked((int)count)).Select(_ => Value(reader, type))];
    }
}
