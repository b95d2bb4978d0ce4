using System.Globalization;
using System.Text.Json;
using System.Text.Unicode;

namespace Lazuli.Models;

/// <summary>The JSON header of a safetensors file, parsed and checked: exact keys, known types, sizes that fit shapes, data covered once and wholly.</summary>
internal ref struct SafetensorsHeader
{
    /// <summary>The format's own bound on the header.</summary>
    public const long MaxLength = 100_000_000;

    /// <summary>Name of the entry that holds text instead of a tensor.</summary>
    public const string MetadataKey = "__metadata__";

    private readonly string _path;
    private readonly List<SafetensorsTensor> _tensors = [];
    private readonly Dictionary<string, string> _metadata = new(StringComparer.Ordinal);
    private Utf8JsonReader _reader;

    private SafetensorsHeader(string path, ReadOnlySpan<byte> json)
    {
        _path = path;
        _reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 4 });
    }

    /// <summary>Parses the <paramref name="json"/> of a file whose data part is <paramref name="dataLength"/> bytes. Tensors come in order of place.</summary>
    /// <exception cref="SafetensorsFormatException">Something in it breaks the format.</exception>
    public static (IReadOnlyList<SafetensorsTensor> Tensors, IReadOnlyDictionary<string, string> Metadata) Parse(string path, ReadOnlySpan<byte> json, long dataLength)
    {
        if (json.IsEmpty || json[0] != (byte)'{')
        {
            throw new SafetensorsFormatException(path, "offset 8", "a JSON object, starting with '{'", json.IsEmpty ? "an empty header" : $"byte 0x{json[0]:x2}");
        }

        if (!Utf8.IsValid(json))
        {
            throw new SafetensorsFormatException(path, "header", "UTF-8", "other bytes");
        }

        var header = new SafetensorsHeader(path, json);
        try
        {
            header.ReadEntries();
        }
        catch (JsonException e)
        {
            throw new SafetensorsFormatException(path, $"header, line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}", "JSON", e.Message, e);
        }

        header.CheckCoverage(dataLength);
        return (header._tensors, header._metadata);
    }

    private void ReadEntries()
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        _reader.Read(); // the '{' that was checked
        while (Next() == JsonTokenType.PropertyName)
        {
            string name = Text();
            if (!names.Add(name))
            {
                throw Bad(name, "a name once", "it twice");
            }

            if (name == MetadataKey)
            {
                ReadMetadata();
            }
            else
            {
                _tensors.Add(ReadTensor(name));
            }
        }

        _reader.Read(); // only blanks may follow; anything else is a JsonException
    }

    private void ReadMetadata()
    {
        Expect(JsonTokenType.StartObject, MetadataKey);
        while (Next() == JsonTokenType.PropertyName)
        {
            string key = Text();
            Expect(JsonTokenType.String, MetadataKey);
            if (!_metadata.TryAdd(key, Text()))
            {
                throw Bad(MetadataKey, "a key once", $"'{key}' twice");
            }
        }
    }

    private SafetensorsTensor ReadTensor(string name)
    {
        SafetensorsType? type = null;
        List<long>? shape = null;
        List<long>? offsets = null;
        Expect(JsonTokenType.StartObject, name);
        while (Next() == JsonTokenType.PropertyName)
        {
            string key = Text();
            bool isNew = key switch
            {
                "dtype" => type is null,
                "shape" => shape is null,
                "data_offsets" => offsets is null,
                _ => throw Bad(name, "the keys dtype, shape and data_offsets", $"'{key}'"),
            };
            if (!isNew)
            {
                throw Bad(name, "a key once", $"'{key}' twice");
            }

            switch (key)
            {
                case "dtype":
                    type = ReadType(name);
                    break;
                case "shape":
                    shape = ReadNumbers(name, key);
                    break;
                default:
                    offsets = ReadNumbers(name, key);
                    break;
            }
        }

        if (type is null || shape is null || offsets is null)
        {
            throw Bad(name, "the keys dtype, shape and data_offsets", "only some of them");
        }

        if (offsets.Count != 2)
        {
            throw Bad(name, "data_offsets with two numbers", $"{offsets.Count}");
        }

        if (offsets[0] > offsets[1])
        {
            throw Bad(name, "data_offsets that do not run backwards", $"[{offsets[0]}, {offsets[1]}]");
        }

        var tensor = new SafetensorsTensor(name, type.Value, shape, offsets[0], offsets[1]);
        CheckSize(tensor);
        return tensor;
    }

    private SafetensorsType ReadType(string name)
    {
        Expect(JsonTokenType.String, name);
        string text = Text();
        return SafetensorsTypes.TryParse(text, out SafetensorsType type) ? type : throw Bad(name, $"one of the types {SafetensorsTypes.AllNames}", $"'{text}'");
    }

    private List<long> ReadNumbers(string name, string key)
    {
        var numbers = new List<long>();
        Expect(JsonTokenType.StartArray, name);
        while (Next() != JsonTokenType.EndArray)
        {
            if (_reader.TokenType != JsonTokenType.Number || !_reader.TryGetInt64(out long number) || number < 0)
            {
                throw Bad(name, $"whole numbers from 0 to {long.MaxValue.ToString(CultureInfo.InvariantCulture)} in {key}", _reader.TokenType == JsonTokenType.Number ? "another number" : _reader.TokenType.ToString());
            }

            numbers.Add(number);
        }

        return numbers;
    }

    private readonly void CheckSize(SafetensorsTensor tensor)
    {
        try
        {
            long bits = checked(tensor.ElementCount * tensor.Type.BitWidth());
            if (bits % 8 != 0 || bits / 8 != tensor.ByteLength)
            {
                throw Bad(tensor.Name, $"{(bits + 7) / 8} bytes for {tensor.Type.FormatName()} [{string.Join(", ", tensor.Shape)}]", $"{tensor.ByteLength}");
            }
        }
        catch (OverflowException e)
        {
            throw new SafetensorsFormatException(_path, $"tensor '{tensor.Name}'", "a shape whose size fits 63 bits", $"[{string.Join(", ", tensor.Shape)}]", e);
        }
    }

    private readonly void CheckCoverage(long dataLength)
    {
        _tensors.Sort((a, b) => a.Begin != b.Begin ? a.Begin.CompareTo(b.Begin) : a.End.CompareTo(b.End));
        long covered = 0;
        foreach (SafetensorsTensor tensor in _tensors)
        {
            if (tensor.Begin != covered)
            {
                throw Bad(tensor.Name, $"a start at byte {covered} of the data, where the tensor before it ends", $"{tensor.Begin}, which {(tensor.Begin > covered ? "leaves a hole" : "overlaps")}");
            }

            covered = tensor.End;
        }

        if (covered != dataLength)
        {
            throw new SafetensorsFormatException(_path, "data", $"{covered} bytes, as the tensors say", $"{dataLength}");
        }
    }

    private JsonTokenType Next()
    {
        _reader.Read(); // the end of the text inside an object is a JsonException, so there is always a token
        return _reader.TokenType;
    }

    private void Expect(JsonTokenType type, string place)
    {
        if (Next() != type)
        {
            throw Bad(place, $"a JSON {type}", _reader.TokenType.ToString());
        }
    }

    private readonly string Text()
    {
        try
        {
            return _reader.GetString()!;
        }
        catch (InvalidOperationException e)
        {
            throw new SafetensorsFormatException(_path, $"header, byte {_reader.TokenStartIndex}", "a string of Unicode characters", "an escape of half a surrogate pair", e);
        }
    }

    private readonly SafetensorsFormatException Bad(string tensor, string expected, string found) => new(_path, $"tensor '{tensor}'", expected, found);
}
