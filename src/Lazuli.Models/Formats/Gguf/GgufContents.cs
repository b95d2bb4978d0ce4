using System.Globalization;
using System.Numerics;
using Lazuli.Numerics;

namespace Lazuli.Models;

/// <summary>What a GGUF header says, checked whole against the file: keyed values and the places of tensors.</summary>
/// <remarks>
/// Layout: <c>"GGUF" | u32 version | u64 tensors | u64 values | values | tensor infos | padding | data</c>, little-endian.
/// Tensors may leave gaps, but neither overlap nor reach past the end. The mark <c>"GGLN"</c> instead is our own: the same file, every matrix that
/// <see cref="LaneLayout.Fits"/> in <see cref="WeightLayout.Lanes"/>; other programs refuse the mark, as they should.
/// </remarks>
internal sealed unsafe class GgufContents
{
    private const uint Magic = 0x4655_4747;
    private const uint LanesMagic = 0x4E4C_4747;
    private const int MaxKeyBytes = 65_535;
    private const int MaxNameBytes = 64;
    private const int MaxDimensions = 4;
    private const int MaxCount = 1 << 16; // the largest published models have some two thousand tensors
    private const int DefaultAlignment = 32;
    private const int MaxAlignment = 1 << 20;

    private readonly MappedFile _file;
    private readonly GgufCursor _cursor;

    private GgufContents(MappedFile file)
    {
        _file = file;
        _cursor = new GgufCursor(file);
        Version = ReadVersion();
        int tensors = ReadCount("tensors", 24);
        int values = ReadCount("values", 13);
        Values = ReadValues(values);
        Tensors = Place(ReadInfos(tensors), Alignment());
    }

    public uint Version { get; }

    /// <summary>How matrices lie that can lie in either way.</summary>
    public WeightLayout Layout { get; private set; }

    public GgufValues Values { get; }

    /// <summary>In order of place.</summary>
    public IReadOnlyList<MappedTensor> Tensors { get; }

    /// <exception cref="GgufFormatException">The file breaks the format.</exception>
    public static GgufContents Read(MappedFile file) => new(file);

    private uint ReadVersion()
    {
        uint magic = _cursor.UInt32("the format's mark");
        Layout = magic == LanesMagic ? WeightLayout.Lanes : WeightLayout.Rows;
        if (magic is not (Magic or LanesMagic))
        {
            throw _cursor.Bad(0, "the mark 'GGUF'", $"0x{magic:X8}");
        }

        uint version = _cursor.UInt32("the version");
        return version is 2 or 3
            ? version
            : throw _cursor.Bad(4, "version 2 or 3", (version & 0xFFFF) == 0 && version != 0 ? "a big-endian file" : version.ToString(CultureInfo.InvariantCulture));
    }

    private int ReadCount(string what, int leastBytes)
    {
        long place = _cursor.Position;
        ulong count = _cursor.UInt64($"the number of {what}");
        long most = Math.Min(MaxCount, _file.Length / leastBytes);
        return count <= (ulong)most ? (int)count : throw _cursor.Bad(place, $"at most {most} {what} in a file of {_file.Length} bytes", $"{count}");
    }

    private GgufValues ReadValues(int count)
    {
        var values = new Dictionary<string, GgufValue>(StringComparer.Ordinal);
        var keys = new List<string>();
        for (int i = 0; i < count; i++)
        {
            long place = _cursor.Position;
            string key = _cursor.Name("a key", MaxKeyBytes);
            GgufValue value = _cursor.Value((GgufValueType)_cursor.UInt32($"the type of '{key}'"), key);
            if (!values.TryAdd(key, value))
            {
                throw _cursor.Bad(place, "a key that comes once", $"'{key}' again");
            }

            keys.Add(key);
        }

        return new GgufValues(_file, values, keys);
    }

    private int Alignment()
    {
        int alignment = Values.Number("general.alignment", 8, MaxAlignment) ?? DefaultAlignment;
        return BitOperations.IsPow2(alignment) ? alignment : throw Values.Bad("general.alignment", $"a power of two from 8 to {MaxAlignment}", $"{alignment}");
    }

    private List<TensorInfo> ReadInfos(int count)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        var infos = new List<TensorInfo>();
        for (int i = 0; i < count; i++)
        {
            long place = _cursor.Position;
            string name = _cursor.Name("a tensor's name", MaxNameBytes);
            if (!names.Add(name))
            {
                throw _cursor.Bad(place, "a tensor that comes once", $"'{name}' again");
            }

            infos.Add(ReadInfo(name));
        }

        return infos;
    }

    private TensorInfo ReadInfo(string name)
    {
        string place = $"tensor '{name}'";
        uint dimensions = _cursor.UInt32("the number of dimensions");
        if (dimensions is 0 or > MaxDimensions)
        {
            throw Bad($"1 to {MaxDimensions} dimensions", $"{dimensions}");
        }

        long columns = Dimension();
        long rows = 1;
        for (uint d = 1; d < dimensions; d++)
        {
            rows *= Dimension(); // the product of three 31-bit sizes is bounded below before it can overflow
            if (rows > int.MaxValue)
            {
                throw Bad($"at most {int.MaxValue} rows", "more");
            }
        }

        uint number = _cursor.UInt32("the type of elements");
        WeightFormat format = GgufTensorTypes.FromNumber(number)
            ?? throw Bad("F32, F16, BF16, Q8_0, Q4_0, Q4_1, Q5_0, Q5_1, Q4_K, Q5_K or Q6_K (nothing else is implemented)", GgufTensorTypes.NameOf(number));
        int block = WeightFormats.BlockLength(format);
        if (columns % block != 0)
        {
            throw Bad($"rows of a multiple of {block} elements, as {format} has in a block", $"{columns}");
        }

        ulong offset = _cursor.UInt64("the place of a tensor");
        long rowBytes = columns / block * WeightFormats.BlockBytes(format);
        return rowBytes <= _file.Length / rows && offset <= (ulong)_file.Length
            ? new TensorInfo(name, format, (int)rows, (int)columns, (long)offset, rowBytes * rows)
            : throw Bad($"its bytes within the file's {_file.Length}", $"{rows} rows of {rowBytes} bytes at {offset}");

        long Dimension()
        {
            ulong size = _cursor.UInt64("a dimension");
            return size is >= 1 and <= int.MaxValue ? (long)size : throw Bad($"sizes from 1 to {int.MaxValue}", $"{size}");
        }

        GgufFormatException Bad(string expected, string found) => new(_file.Path, place, expected, found);
    }

    private List<MappedTensor> Place(List<TensorInfo> infos, int alignment)
    {
        long start = (_cursor.Position + alignment - 1) / alignment * alignment;
        long end = start;
        string before = "the header";
        var tensors = new List<MappedTensor>(infos.Count);
        foreach (TensorInfo info in infos.OrderBy(i => i.Offset))
        {
            long first = start + info.Offset; // both are bounded by the file's length
            if (info.Offset % alignment != 0)
            {
                throw Bad(info, $"an offset that is a multiple of {alignment}", $"{info.Offset}");
            }

            if (first < end)
            {
                throw Bad(info, $"a place behind {before}", $"offset {info.Offset}, which overlaps it");
            }

            if (info.ByteLength > _file.Length - first)
            {
                throw Bad(info, $"its {info.ByteLength} bytes within the file's {_file.Length}", $"{Math.Max(0, _file.Length - first)} bytes from its place to the end");
            }

            WeightLayout layout = info.Rows > 1 && LaneLayout.Fits(info.Format, info.Rows, info.Columns) ? Layout : WeightLayout.Rows;
            tensors.Add(new MappedTensor(info.Name, info.Format, info.Rows, info.Columns, (nint)_file.Address(first), info.ByteLength, layout));
            end = first + info.ByteLength;
            before = $"tensor '{info.Name}'";
        }

        return tensors;
    }

    private GgufFormatException Bad(TensorInfo info, string expected, string found) => new(_file.Path, $"tensor '{info.Name}'", expected, found);

    private sealed record TensorInfo(string Name, WeightFormat Format, int Rows, int Columns, long Offset, long ByteLength);
}
