using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace Lazuli.Models;

/// <summary>Reads a GGUF header forward. Every length is compared with what is left before anything is read or allocated.</summary>
internal sealed class GgufCursor(MappedFile file)
{
    /// <summary>Largest header read: counts, keyed values, tensor infos. Thirty times the largest published.</summary>
    public const long MaxHeaderBytes = 512L << 20;

    /// <summary>Most elements of one array; a hundred times the largest published vocabulary.</summary>
    public const long MaxArrayCount = 1L << 24;

    private readonly long _end = Math.Min(file.Length, MaxHeaderBytes);

    public long Position { get; private set; }

    public uint UInt32(string what)
    {
        uint value = BinaryPrimitives.ReadUInt32LittleEndian(file.Bytes(Take(sizeof(uint), what), sizeof(uint)));
        return value;
    }

    public ulong UInt64(string what) => BinaryPrimitives.ReadUInt64LittleEndian(file.Bytes(Take(sizeof(ulong), what), sizeof(ulong)));

    /// <summary>A string of at most <paramref name="maxBytes"/> bytes that is valid UTF-8 and not empty.</summary>
    public string Name(string what, int maxBytes)
    {
        long place = Position;
        (long offset, int length) = StringPlace(what);
        if (length == 0 || length > maxBytes)
        {
            throw Bad(place, $"{what} of 1 to {maxBytes} bytes", $"{length} bytes");
        }

        ReadOnlySpan<byte> bytes = file.Bytes(offset, length);
        return Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes) : throw Bad(place, $"{what} in UTF-8", "other bytes");
    }

    /// <summary>Steps over a string; says where its bytes are.</summary>
    public (long Offset, int Length) StringPlace(string what)
    {
        long place = Position;
        ulong length = UInt64($"the length of {what}");
        if (length > (ulong)(_end - Position) || length > int.MaxValue)
        {
            throw Bad(place, $"{what} within the {_end - Position} bytes left of the header", $"a length of {length}");
        }

        return (Take((long)length, what), (int)length);
    }

    /// <summary>Steps over a value of a type; says what was there.</summary>
    public GgufValue Value(GgufValueType type, string key)
    {
        long place = Position;
        if (type == GgufValueType.String)
        {
            (long offset, int length) = StringPlace($"the value of '{key}'");
            return new GgufValue(type, default, offset, length, 1);
        }

        if (type == GgufValueType.Array)
        {
            return Array(key);
        }

        int bytes = type.FixedBytes();
        if (bytes == 0)
        {
            throw Bad(place - sizeof(uint), $"a value type from 0 to 12 for '{key}'", ((uint)type).ToString(CultureInfo.InvariantCulture));
        }

        long at = Take(bytes, $"the value of '{key}'");
        CheckBools(type, at, bytes, key);
        return new GgufValue(type, default, at, bytes, 1);
    }

    public GgufFormatException Bad(long offset, string expected, string found) =>
        new(file.Path, string.Create(CultureInfo.InvariantCulture, $"offset {offset}"), expected, found);

    private GgufValue Array(string key)
    {
        long place = Position;
        var type = (GgufValueType)UInt32($"the element type of '{key}'");
        ulong count = UInt64($"the count of '{key}'");
        int width = type == GgufValueType.String ? sizeof(ulong) : type.FixedBytes();
        if (width == 0)
        {
            throw Bad(place, $"elements of a plain type in '{key}' (arrays of arrays are not implemented)", $"type {(uint)type}");
        }

        if (count > MaxArrayCount || count * (ulong)width > (ulong)(_end - Position))
        {
            throw Bad(place + sizeof(uint), $"at most {Math.Min(MaxArrayCount, (_end - Position) / width)} elements in '{key}'", $"{count}");
        }

        long start = Position;
        if (type == GgufValueType.String)
        {
            for (ulong i = 0; i < count; i++)
            {
                StringPlace($"an element of '{key}'");
            }
        }
        else
        {
            CheckBools(type, Take((long)count * width, $"the elements of '{key}'"), (int)count * width, key);
        }

        return new GgufValue(GgufValueType.Array, type, start, (int)(Position - start), (int)count);
    }

    private void CheckBools(GgufValueType type, long at, int bytes, string key)
    {
        if (type == GgufValueType.Bool && file.Bytes(at, bytes).ContainsAnyExcept((byte)0, (byte)1))
        {
            throw Bad(at, $"0 or 1 in the flags of '{key}'", "another byte");
        }
    }

    private long Take(long bytes, string what)
    {
        if (bytes > _end - Position)
        {
            string limit = _end < file.Length ? $"{what} within the first {MaxHeaderBytes} bytes" : $"{what}, {bytes} bytes";
            throw Bad(Position, limit, $"{_end - Position} bytes left");
        }

        long at = Position;
        Position += bytes;
        return at;
    }
}
