using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Unicode;

namespace Lazuli.Models;

/// <summary>The keyed values of a GGUF file, typed: a missing one is null, one of another type or out of range an error that names it.</summary>
/// <remarks>Whole numbers of any width and sign are read alike, since writers differ. Values stay in the mapped file until asked for.</remarks>
public sealed class GgufValues
{
    private readonly MappedFile _file;
    private readonly Dictionary<string, GgufValue> _values;

    internal GgufValues(MappedFile file, Dictionary<string, GgufValue> values, IReadOnlyList<string> keys)
    {
        _file = file;
        _values = values;
        Keys = keys;
    }

    /// <summary>All keys, in the file's order.</summary>
    public IReadOnlyList<string> Keys { get; }

    /// <summary>Whether the key is there.</summary>
    public bool Has(string key) => _values.ContainsKey(key);

    /// <summary>A text.</summary>
    /// <exception cref="GgufFormatException">The value is of another type, or no UTF-8.</exception>
    public string? Text(string key) => Find(key, GgufValueType.String, "a text") is { } value ? Utf16(key, _file.Bytes(value.Offset, value.Length)) : null;

    /// <summary>A whole number from <paramref name="minimum"/> to <paramref name="maximum"/>.</summary>
    /// <exception cref="GgufFormatException">The value is no such number.</exception>
    public int? Number(string key, int minimum, int maximum)
    {
        if (!_values.TryGetValue(key, out GgufValue value))
        {
            return null;
        }

        string expected = string.Create(CultureInfo.InvariantCulture, $"a whole number from {minimum} to {maximum}");
        Int128 number = Whole(value.Type, value.Offset) ?? throw Bad(key, expected, Describe(value));
        return number >= minimum && number <= maximum ? (int)number : throw Bad(key, expected, number.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>A finite number.</summary>
    /// <exception cref="GgufFormatException">The value is no such number.</exception>
    public double? Real(string key)
    {
        if (!_values.TryGetValue(key, out GgufValue value))
        {
            return null;
        }

        double number = value.Type switch
        {
            GgufValueType.Float32 => BinaryPrimitives.ReadSingleLittleEndian(_file.Bytes(value.Offset, sizeof(float))),
            GgufValueType.Float64 => BinaryPrimitives.ReadDoubleLittleEndian(_file.Bytes(value.Offset, sizeof(double))),
            _ => throw Bad(key, "a real number", Describe(value)),
        };
        return double.IsFinite(number) ? number : throw Bad(key, "a finite number", number.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>A flag.</summary>
    /// <exception cref="GgufFormatException">The value is of another type.</exception>
    public bool? Flag(string key) => Find(key, GgufValueType.Bool, "true or false") is { } value ? _file.Bytes(value.Offset, 1)[0] != 0 : null;

    /// <summary>Number of elements of an array.</summary>
    /// <exception cref="GgufFormatException">The value is no array.</exception>
    public int? ArrayCount(string key) => Find(key, GgufValueType.Array, "an array")?.Count;

    /// <summary>An array of texts.</summary>
    /// <exception cref="GgufFormatException">The value is of another type, or no UTF-8.</exception>
    public IReadOnlyList<string>? Texts(string key)
    {
        if (FindArray(key, GgufValueType.String, "texts") is not { } value)
        {
            return null;
        }

        var texts = new string[value.Count];
        long offset = value.Offset;
        for (int i = 0; i < texts.Length; i++)
        {
            int length = (int)BinaryPrimitives.ReadUInt64LittleEndian(_file.Bytes(offset, sizeof(ulong)));
            texts[i] = Utf16(string.Create(CultureInfo.InvariantCulture, $"{key}[{i}]"), _file.Bytes(offset + sizeof(ulong), length));
            offset += sizeof(ulong) + length;
        }

        return texts;
    }

    /// <summary>An array of 32-bit floats.</summary>
    /// <exception cref="GgufFormatException">The value is of another type.</exception>
    public float[]? Reals(string key) => FindArray(key, GgufValueType.Float32, "32-bit floats") is { } value
        ? MemoryMarshal.Cast<byte, float>(_file.Bytes(value.Offset, value.Length)).ToArray()
        : null;

    /// <summary>An array of whole numbers of 32 bits.</summary>
    /// <exception cref="GgufFormatException">The value is of another type.</exception>
    public int[]? Numbers(string key)
    {
        if (Find(key, GgufValueType.Array, "an array of whole numbers") is not { } value)
        {
            return null;
        }

        if (value.Element.FixedBytes() == 0 || Whole(value.Element, value.Offset, value.Count) is null)
        {
            throw Bad(key, "an array of whole numbers", Describe(value));
        }

        var numbers = new int[value.Count];
        for (int i = 0; i < numbers.Length; i++)
        {
            Int128 number = Whole(value.Element, value.Offset + ((long)i * value.Element.FixedBytes()))!.Value;
            numbers[i] = number >= int.MinValue && number <= int.MaxValue ? (int)number : throw Bad(key, "whole numbers of 32 bits", number.ToString(CultureInfo.InvariantCulture));
        }

        return numbers;
    }

    /// <summary>The bytes of a value as they lie in the file, with its type, so that it can be copied.</summary>
    internal (GgufValue Value, ReadOnlyMemory<byte> Bytes) Raw(string key)
    {
        GgufValue value = _values[key];
        return (value, _file.Bytes(value.Offset, value.Length).ToArray());
    }

    /// <summary>The error of a key with a wrong value.</summary>
    internal GgufFormatException Bad(string key, string expected, string found) => new(_file.Path, key, expected, found);

    /// <summary>The error of a key that must be there.</summary>
    internal GgufFormatException Missing(string key, string expected) => Bad(key, expected, "nothing");

    private static string Describe(GgufValue value) => value.Type == GgufValueType.Array
        ? string.Create(CultureInfo.InvariantCulture, $"an array of {value.Count} of type {value.Element}")
        : $"a value of type {value.Type}";

    private GgufValue? FindArray(string key, GgufValueType element, string elements)
    {
        GgufValue? found = Find(key, GgufValueType.Array, $"an array of {elements}");
        return found is not { } value || value.Element == element ? found : throw Bad(key, $"an array of {elements}", Describe(value));
    }

    private GgufValue? Find(string key, GgufValueType type, string expected)
    {
        if (!_values.TryGetValue(key, out GgufValue value))
        {
            return null;
        }

        return value.Type == type ? value : throw Bad(key, expected, Describe(value));
    }

    private Int128? Whole(GgufValueType type, long offset, int count = 1)
    {
        if (count == 0)
        {
            return 0;
        }

        ReadOnlySpan<byte> bytes = _file.Bytes(offset, type.FixedBytes());
        return type switch
        {
            GgufValueType.UInt8 => bytes[0],
            GgufValueType.Int8 => (sbyte)bytes[0],
            GgufValueType.UInt16 => BinaryPrimitives.ReadUInt16LittleEndian(bytes),
            GgufValueType.Int16 => BinaryPrimitives.ReadInt16LittleEndian(bytes),
            GgufValueType.UInt32 => BinaryPrimitives.ReadUInt32LittleEndian(bytes),
            GgufValueType.Int32 => BinaryPrimitives.ReadInt32LittleEndian(bytes),
            GgufValueType.UInt64 => BinaryPrimitives.ReadUInt64LittleEndian(bytes),
            GgufValueType.Int64 => BinaryPrimitives.ReadInt64LittleEndian(bytes),
            _ => null,
        };
    }

    private string Utf16(string key, ReadOnlySpan<byte> utf8) => Utf8.IsValid(utf8) ? Encoding.UTF8.GetString(utf8) : throw Bad(key, "a text in UTF-8", "other bytes");
}
