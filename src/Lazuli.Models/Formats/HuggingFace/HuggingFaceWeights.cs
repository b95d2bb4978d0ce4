using System.Buffers;
using System.Text.Json;
using Lazuli.Numerics;

namespace Lazuli.Models;

/// <summary>The mapped weights of a Hugging Face folder, one file or several with an index.</summary>
internal sealed class HuggingFaceWeights : IDisposable
{
    private const int MaxIndexLength = 256 << 20;

    private readonly List<SafetensorsFile> _files = [];
    private readonly Dictionary<string, (SafetensorsFile File, SafetensorsTensor Tensor)> _tensors = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<HuggingFaceTensor>> _parts;

    private HuggingFaceWeights(string folder, ModelConfig config)
    {
        Config = config;
        try
        {
            string single = Path.Combine(folder, HuggingFaceFolder.WeightsName);
            string index = Path.Combine(folder, HuggingFaceFolder.IndexName);
            if (File.Exists(single))
            {
                Map(single);
            }
            else if (File.Exists(index))
            {
                MapShards(folder, index);
            }
            else
            {
                throw new ModelFormatException(single, "file", $"the weights, here or in shards with {HuggingFaceFolder.IndexName}", "neither file");
            }

            string gpt2Prefix = _tensors.ContainsKey("wte.weight") ? "" : HuggingFaceNames.Gpt2Prefix;
            List<HuggingFaceTensor> parts = [.. HuggingFaceNames.Of(new ParameterTable(config), gpt2Prefix)];
            Check(folder, parts);
            _parts = parts.GroupBy(p => p.Parameter.Name).ToDictionary(g => g.Key, g => g.ToList(), StringComparer.Ordinal);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The network's shape.</summary>
    public ModelConfig Config { get; }

    /// <summary>Maps the weights of a folder and checks that they are those of <paramref name="config"/>, all of them and no others.</summary>
    public static HuggingFaceWeights Open(string folder, ModelConfig config) => new(folder, config);

    /// <summary>Reads one parameter into our layout.</summary>
    /// <exception cref="ArgumentException">The model has no such parameter, or the destination has another length.</exception>
    public void Read(ParameterInfo parameter, Span<float> destination)
    {
        if (!_parts.TryGetValue(parameter.Name, out List<HuggingFaceTensor>? parts) || parts[0].Parameter.Length != parameter.Length || destination.Length != parameter.Length)
        {
            throw new ArgumentException($"The model has no parameter '{parameter.Name}' of {destination.Length} values.", nameof(parameter));
        }

        foreach (HuggingFaceTensor part in parts)
        {
            (SafetensorsFile file, SafetensorsTensor tensor) = _tensors[part.Name];
            Span<float> target = destination.Slice(part.Start, part.Length);
            if (!part.IsTransposed)
            {
                file.ReadFloats(tensor, 0, target);
                continue;
            }

            float[] stored = ArrayPool<float>.Shared.Rent(part.Length);
            file.ReadFloats(tensor, 0, stored.AsSpan(0, part.Length));
            Transposition.Transpose(stored, target, parameter.Columns, part.Rows);
            ArrayPool<float>.Shared.Return(stored);
        }
    }

    /// <summary>How a parameter is stored; F32, which holds the others exactly, where its parts differ.</summary>
    /// <exception cref="ArgumentException">The model has no such parameter.</exception>
    public WeightFormat StoredFormat(ParameterInfo parameter)
    {
        if (!_parts.TryGetValue(parameter.Name, out List<HuggingFaceTensor>? parts))
        {
            throw new ArgumentException($"The model has no parameter '{parameter.Name}'.", nameof(parameter));
        }

        SafetensorsType[] types = [.. parts.Select(p => _tensors[p.Name].Tensor.Type).Distinct()];
        return types switch
        {
            [SafetensorsType.Float16] => WeightFormat.F16,
            [SafetensorsType.BFloat16] => WeightFormat.BF16,
            _ => WeightFormat.F32,
        };
    }

    /// <summary>Unmaps all files.</summary>
    public void Dispose() => _files.ForEach(f => f.Dispose());

    private void Map(string path)
    {
        SafetensorsFile file = SafetensorsFile.Open(path);
        _files.Add(file);
        foreach (SafetensorsTensor tensor in file.Tensors)
        {
            if (!_tensors.TryAdd(tensor.Name, (file, tensor)))
            {
                throw new ModelFormatException(path, $"tensor '{tensor.Name}'", "a tensor in one shard", "it in two");
            }
        }
    }

    private void MapShards(string folder, string indexPath)
    {
        JsonFields map = JsonFields.Open(indexPath, MaxIndexLength).Child("weight_map") ?? throw new ModelFormatException(indexPath, "weight_map", "an object", "nothing");
        var places = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach ((string name, JsonElement value) in map.All)
        {
            string file = map.TextOf(name, value);
            if (file.Length == 0 || file != Path.GetFileName(file) || file is "." or ".." || file.Contains('\\', StringComparison.Ordinal) || file.Contains('\0', StringComparison.Ordinal))
            {
                throw map.Bad(name, "the name of a file beside the index", $"'{file}'");
            }

            places.Add(name, file);
        }

        foreach (string file in places.Values.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            string path = Path.Combine(folder, file);
            if (!File.Exists(path))
            {
                throw new ModelFormatException(indexPath, "weight_map", $"the file {file} beside the index", "no such file");
            }

            Map(path);
        }

        foreach ((string name, string file) in places)
        {
            if (!_tensors.TryGetValue(name, out (SafetensorsFile File, SafetensorsTensor Tensor) found) || Path.GetFileName(found.File.Path) != file)
            {
                throw map.Bad(name, $"the tensor in {file}", "no such tensor there");
            }
        }
    }

    private void Check(string folder, List<HuggingFaceTensor> parts)
    {
        var expected = new HashSet<string>(StringComparer.Ordinal);
        foreach (HuggingFaceTensor part in parts)
        {
            expected.Add(part.Name);
            string shape = $"[{string.Join(", ", part.Shape)}]";
            if (!_tensors.TryGetValue(part.Name, out (SafetensorsFile File, SafetensorsTensor Tensor) found))
            {
                throw new ModelFormatException(folder, $"tensor '{part.Name}'", shape, "no such tensor");
            }

            if (!found.Tensor.Shape.SequenceEqual(part.Shape))
            {
                throw new ModelFormatException(found.File.Path, $"tensor '{part.Name}'", $"{shape}, as the config says", $"[{string.Join(", ", found.Tensor.Shape)}]");
            }

            if (found.Tensor.Type is not (SafetensorsType.Float32 or SafetensorsType.Float16 or SafetensorsType.BFloat16))
            {
                throw new ModelFormatException(found.File.Path, $"tensor '{part.Name}'", "F32, F16 or BF16 (nothing else is implemented)", found.Tensor.Type.FormatName());
            }
        }

        foreach ((string name, (SafetensorsFile file, _)) in _tensors)
        {
            if (!expected.Contains(name) && !HuggingFaceNames.IsDispensable(name, Config))
            {
                throw new ModelFormatException(file.Path, $"tensor '{name}'", "only tensors of the config's architecture", "one that it does not have");
            }
        }
    }
}
