using System.Text;

namespace Lazuli.Models.Tests;

/// <summary>Writes GGUF byte by byte, right or wrong, independently of our writer.</summary>
internal sealed class RawGguf
{
    private readonly List<byte> _values = [];
    private readonly List<byte> _infos = [];
    private ulong _valueCount;
    private ulong _tensorCount;

    public uint Magic { get; set; } = 0x46554747;

    public uint Version { get; set; } = 3;

    public ulong? TensorCount { get; set; }

    public ulong? ValueCount { get; set; }

    public byte[] Data { get; set; } = [];

    public static byte[] String(string text) => [.. BitConverter.GetBytes((ulong)Encoding.UTF8.GetByteCount(text)), .. Encoding.UTF8.GetBytes(text)];

    /// <summary>A keyed value from its raw parts.</summary>
    public RawGguf Value(string key, uint type, params byte[] value) => Value(String(key), type, value);

    public RawGguf Value(byte[] key, uint type, params byte[] value)
    {
        _values.AddRange([.. key, .. BitConverter.GetBytes(type), .. value]);
        _valueCount++;
        return this;
    }

    public RawGguf Text(string key, string value) => Value(key, 8, String(value));

    public RawGguf Number(string key, uint value) => Value(key, 4, BitConverter.GetBytes(value));

    public RawGguf Real(string key, float value) => Value(key, 6, BitConverter.GetBytes(value));

    public RawGguf Array(string key, uint type, ulong count, params byte[] elements) =>
        Value(key, 9, [.. BitConverter.GetBytes(type), .. BitConverter.GetBytes(count), .. elements]);

    public RawGguf Tensor(string name, uint type, ulong offset, params ulong[] dimensions)
    {
        _infos.AddRange([.. String(name), .. BitConverter.GetBytes((uint)dimensions.Length)]);
        foreach (ulong size in dimensions)
        {
            _infos.AddRange(BitConverter.GetBytes(size));
        }

        _infos.AddRange([.. BitConverter.GetBytes(type), .. BitConverter.GetBytes(offset)]);
        _tensorCount++;
        return this;
    }

    public byte[] Build(int alignment = 32)
    {
        byte[] head =
        [
            .. BitConverter.GetBytes(Magic), .. BitConverter.GetBytes(Version), .. BitConverter.GetBytes(TensorCount ?? _tensorCount), .. BitConverter.GetBytes(ValueCount ?? _valueCount),
            .. _values, .. _infos,
        ];
        return [.. head, .. new byte[(alignment - (head.Length % alignment)) % alignment], .. Data];
    }
}
