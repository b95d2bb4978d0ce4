using System.Buffers;
using System.Globalization;
using Lazuli.Numerics;

namespace Lazuli.Models;

/// <summary>A model in a GGUF file (version 2 or 3): opened, it is mapped read-only and checked whole; weights stay in the file. Thread-safe but for disposing.</summary>
/// <remarks>Llama, Mistral, SmolLM (architecture <c>llama</c>), Qwen 2 and 2.5, Qwen 3 and GPT-2 shapes, weights in the <see cref="WeightFormat"/>s.</remarks>
public sealed partial class GgufModelFile : IDisposable
{
    private readonly MappedFile _file;
    private readonly Dictionary<string, MappedTensor> _byName;
    private readonly Dictionary<string, List<GgufTensor>> _parts;

    private GgufModelFile(MappedFile file)
    {
        _file = file;
        GgufContents contents = GgufContents.Read(file);
        Version = contents.Version;
        Layout = contents.Layout;
        Metadata = contents.Values;
        Tensors = contents.Tensors;
        _byName = contents.Tensors.ToDictionary(t => t.Name, StringComparer.Ordinal);
        (Config, InterleavedRotary) = GgufShape.Read(file.Path, contents.Values, _byName);
        IReadOnlyList<GgufTensor> parts = GgufTensors.Of(new ParameterTable(Config), InterleavedRotary);
        CheckTensors(parts);
        _tokenizer = new Lazy<ITokenizer>(ReadTokenizer);
        _parts = parts.GroupBy(p => p.Parameter.Name).ToDictionary(g => g.Key, g => g.ToList(), StringComparer.Ordinal);
    }

    /// <summary>The file.</summary>
    public string Path => _file.Path;

    /// <summary>Version of the format.</summary>
    public uint Version { get; }

    /// <summary>How matrices lie that can lie in either way: in a GGUF file in rows, in what <see cref="WriteInLayout"/> made of one also in lanes.</summary>
    public WeightLayout Layout { get; }

    /// <summary>All keyed values.</summary>
    public GgufValues Metadata { get; }

    /// <summary>The tensors in order of place.</summary>
    public IReadOnlyList<MappedTensor> Tensors { get; }

    /// <summary>The network's shape.</summary>
    public ModelConfig Config { get; }

    /// <summary>
    /// Whether rows of queries and keys lie as neighbouring rotary pairs (2j, 2j + 1), as architecture <c>llama</c> has them; else channel j turns with j + D/2.
    /// Concerns tensors as they lie; <see cref="ReadParameter"/> always gives halves apart.
    /// </summary>
    public bool InterleavedRotary { get; }

    /// <summary>Maps and checks a file.</summary>
    /// <exception cref="GgufFormatException">It breaks the format, or holds something that is not implemented.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static GgufModelFile Open(string path)
    {
        using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        if (stream.Length == 0)
        {
            throw new GgufFormatException(path, "offset 0", "the mark 'GGUF'", "an empty file");
        }

        MappedFile file = MappedFile.Open(stream);
        try
        {
            return new GgufModelFile(file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Finds a tensor by its name in the file, e.g. <c>blk.0.attn_q.weight</c>; null when there is none.</summary>
    public MappedTensor? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>The tensors that hold one of our parameters, in order of our rows: three for query, key and value, two for gate and up, else one.</summary>
    /// <param name="parameter">A parameter of the table of <see cref="Config"/>.</param>
    /// <exception cref="ArgumentException">The model has no such parameter.</exception>
    public IReadOnlyList<MappedTensor> Find(ParameterInfo parameter) => [.. PartsOf(parameter).Select(part => _byName[part.Name])];

    /// <summary>Reads one parameter, converted to 32-bit floats and to our layout (rotary halves apart); a <see cref="ParameterSource"/>.</summary>
    /// <param name="parameter">A parameter of the table of <see cref="Config"/>.</param>
    /// <param name="destination">As long as the parameter.</param>
    /// <exception cref="ArgumentException">The model has no such parameter, or the destination has another length.</exception>
    public void ReadParameter(ParameterInfo parameter, Span<float> destination)
    {
        List<GgufTensor> parts = PartsOf(parameter);
        if (destination.Length != parameter.Length)
        {
            throw new ArgumentException($"Parameter '{parameter.Name}' has {parameter.Length} values; got room for {destination.Length}.", nameof(destination));
        }

        foreach (GgufTensor part in parts)
        {
            ReadRows(part, _byName[part.Name], destination);
        }
    }

    /// <summary>Where a tensor begins in the file.</summary>
    internal long PlaceOf(MappedTensor tensor) => _file.OffsetOf(tensor.Address);

    /// <summary>Unmaps the file; addresses of its tensors are then invalid.</summary>
    public void Dispose() => _file.Dispose();

    /// <summary>The bytes of a row as GGUF has them; from a group of rows they are copied out.</summary>
    internal ReadOnlySpan<byte> Row(MappedTensor tensor, int row)
    {
        if (tensor.Layout == WeightLayout.Rows)
        {
            return Rows(tensor, row, 1);
        }

        int inGroup = row % LaneLayout.GroupRows;
        ReadOnlySpan<byte> group = Rows(tensor, row - inGroup, LaneLayout.GroupRows);
        var bytes = new byte[group.Length / LaneLayout.GroupRows];
        LaneLayout.RestoreRow(tensor.Format, tensor.Columns, group, inGroup, bytes);
        return bytes;
    }

    /// <summary>The bytes of some rows as they lie.</summary>
    private unsafe ReadOnlySpan<byte> Rows(MappedTensor tensor, int first, int count)
    {
        _file.Address(0); // throws once unmapped
        long rowBytes = tensor.ByteLength / tensor.Rows;
        return new ReadOnlySpan<byte>((byte*)tensor.Address + (first * rowBytes), checked((int)rowBytes * count));
    }

    private ITokenizer ReadTokenizer()
    {
        ITokenizer tokenizer = GgufTokenizer.Read(Metadata);
        return tokenizer.VocabularySize <= Config.VocabularySize
            ? tokenizer
            : throw Metadata.Bad("tokenizer.ggml.tokens", $"at most {Config.VocabularySize} tokens, as the embedding has rows", $"{tokenizer.VocabularySize}");
    }

    private void ReadRows(GgufTensor part, MappedTensor tensor, Span<float> destination)
    {
        // A vector that is a part of ours is one row in the file and rows of one element here.
        bool elementwise = tensor.Rows != part.Rows;
        float[] elements = elementwise ? ArrayPool<float>.Shared.Rent(tensor.Columns) : [];
        if (elementwise)
        {
            WeightCodec.Dequantize(tensor.Format, Row(tensor, 0), elements.AsSpan(0, tensor.Columns));
        }

        for (int row = 0; row < part.Rows; row++)
        {
            Span<float> target = destination.Slice(part.SourceRow(row) * part.Columns, part.Columns);
            if (elementwise)
            {
                target[0] = elements[row];
            }
            else
            {
                WeightCodec.Dequantize(tensor.Format, Row(tensor, row), target);
            }
        }

        if (elementwise)
        {
            ArrayPool<float>.Shared.Return(elements);
        }
    }

    private List<GgufTensor> PartsOf(ParameterInfo parameter) =>
        _parts.TryGetValue(parameter.Name, out List<GgufTensor>? parts) && parts[0].Parameter.Length == parameter.Length
            ? parts
            : throw new ArgumentException($"The model has no parameter '{parameter.Name}' of {parameter.Length} values.", nameof(parameter));

    private void CheckTensors(IReadOnlyList<GgufTensor> parts)
    {
        var expected = new HashSet<string>(StringComparer.Ordinal);
        foreach (GgufTensor part in parts)
        {
            expected.Add(part.Name);
            (int rows, int columns) = part.Parameter.IsMatrix ? (part.Rows, part.Columns) : (1, checked((int)part.Length));
            string shape = string.Create(CultureInfo.InvariantCulture, $"[{columns}, {rows}]");
            if (!_byName.TryGetValue(part.Name, out MappedTensor? found))
            {
                throw new GgufFormatException(Path, $"tensor '{part.Name}'", shape, "no such tensor");
            }

            if ((found.Rows, found.Columns) != (rows, columns))
            {
                throw new GgufFormatException(Path, $"tensor '{part.Name}'", $"{shape}, as the keys say", string.Create(CultureInfo.InvariantCulture, $"[{found.Columns}, {found.Rows}]"));
            }
        }

        foreach (MappedTensor tensor in Tensors)
        {
            if (!expected.Contains(tensor.Name) && !GgufShape.IsDispensable(tensor.Name, Config))
            {
                throw new GgufFormatException(Path, $"tensor '{tensor.Name}'", "only tensors of the architecture", "one that it does not have");
            }
        }
    }
}
