using System.Text;

namespace Lazuli.Models;

public sealed partial class HuggingFaceFolder
{
    /// <summary>Largest weights file before they are split, unless asked otherwise: 5 GB, the field's custom.</summary>
    public const long DefaultShardBytes = 5_000_000_000;

    /// <summary>Writes a model as a folder that other programs load. The folder appears under its name whole and durable, or not at all.</summary>
    /// <param name="path">The folder to come; nothing may stand there yet.</param>
    /// <param name="package">The model.</param>
    /// <param name="weights">F32 (exact), F16 or BF16.</param>
    /// <param name="maxShardBytes">Weights beyond this many bytes are split over several files.</param>
    /// <exception cref="ArgumentException">The parts of the model do not fit together, or a weight does not fit the type.</exception>
    /// <exception cref="IOException">Something stands at <paramref name="path"/>, or the disk failed or is full.</exception>
    public static void Write(string path, ModelPackage package, SafetensorsType weights = SafetensorsType.Float32, long maxShardBytes = DefaultShardBytes)
    {
        ParameterTable table = ModelPackage.LayOut(package);
        string target = System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(path));
        if (System.IO.Path.Exists(target))
        {
            throw new IOException($"'{target}' exists already; a model version never changes. Give another name, or remove it first.");
        }

        string temporary = target + ".tmp";
        if (Directory.Exists(temporary))
        {
            Directory.Delete(temporary, recursive: true); // what a killed process left
        }

        Directory.CreateDirectory(temporary);
        try
        {
            WriteFiles(temporary, package, table, weights, maxShardBytes);
            DirectorySync.Flush(temporary);
            Directory.Move(temporary, target);
        }
        catch
        {
            Directory.Delete(temporary, recursive: true);
            throw;
        }

        DirectorySync.Flush(System.IO.Path.GetDirectoryName(target)!);
    }

    private static void WriteFiles(string folder, ModelPackage package, ParameterTable table, SafetensorsType weights, long maxShardBytes)
    {
        Put(ConfigName, HuggingFaceConfig.Write(package, weights));
        Put("generation_config.json", HuggingFaceTokenizer.GenerationConfig(package.Tokenizer));
        Put(TokenizerName, HuggingFaceTokenizer.ByteLevel(package.Tokenizer).ToTokenizerJson());
        Put("tokenizer_config.json", HuggingFaceTokenizer.Config(package));
        Put("special_tokens_map.json", HuggingFaceTokenizer.SpecialTokensMap(package.Tokenizer));
        Put("README.md", Encoding.UTF8.GetBytes(ModelCard.Render(package, table.ParameterCount)));
        if (package.Pooling is { } pooling)
        {
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(System.IO.Path.Combine(folder, HuggingFacePooling.Name))!);
            Put(HuggingFacePooling.Name, HuggingFacePooling.Write(pooling, package.Config.Width));
        }

        WriteWeights(folder, package.Parameters, table, weights, maxShardBytes);

        void Put(string name, ReadOnlySpan<byte> bytes) => StagedFile.WriteAll(System.IO.Path.Combine(folder, name), bytes);
    }

    private static void WriteWeights(string folder, ParameterSource source, ParameterTable table, SafetensorsType weights, long maxShardBytes)
    {
        List<List<HuggingFaceTensor>> shards = Split(HuggingFaceNames.Of(table), weights, maxShardBytes);
        var parameters = new ParameterParts(source);
        var weightMap = new SortedDictionary<string, string>(StringComparer.Ordinal);
        long totalBytes = 0;
        for (int i = 0; i < shards.Count; i++)
        {
            string name = shards.Count == 1 ? WeightsName : $"model-{i + 1:D5}-of-{shards.Count:D5}.safetensors";
            using var writer = new SafetensorsWriter(
                System.IO.Path.Combine(folder, name),
                shards[i].Select(t => (t.Name, weights, t.Shape)),
                new Dictionary<string, string> { ["format"] = "pt" }); // loaders refuse a file that does not say so
            foreach (HuggingFaceTensor tensor in shards[i])
            {
                writer.Write(tensor.Name, parameters.Stored(tensor));
                weightMap.Add(tensor.Name, name);
            }

            writer.Commit();
            totalBytes += writer.DataLength;
        }

        if (shards.Count > 1)
        {
            StagedFile.WriteAll(System.IO.Path.Combine(folder, IndexName), Index(totalBytes, weightMap));
        }
    }

    private static byte[] Index(long totalBytes, SortedDictionary<string, string> weightMap) => JsonText.Write(json =>
    {
        json.WriteStartObject("metadata");
        json.WriteNumber("total_size", totalBytes);
        json.WriteEndObject();
        json.WriteStartObject("weight_map");
        foreach ((string tensor, string file) in weightMap)
        {
            json.WriteString(tensor, file);
        }

        json.WriteEndObject();
    });

    private static List<List<HuggingFaceTensor>> Split(IEnumerable<HuggingFaceTensor> tensors, SafetensorsType weights, long maxShardBytes)
    {
        var shards = new List<List<HuggingFaceTensor>> { new() };
        long size = 0;
        foreach (HuggingFaceTensor tensor in tensors)
        {
            long bytes = (long)tensor.Length * (weights.BitWidth() / 8);
            if (size > 0 && size + bytes > maxShardBytes)
            {
                shards.Add([]);
                size = 0;
            }

            shards[^1].Add(tensor);
            size += bytes;
        }

        return shards;
    }

    /// <summary>Parts of parameters in the folder's layout; fetches each parameter once while its parts follow one another.</summary>
    private sealed class ParameterParts(ParameterSource source)
    {
        private ParameterInfo? _current;
        private float[] _values = [];
        private float[] _transposed = [];

        public ReadOnlySpan<float> Stored(HuggingFaceTensor tensor)
        {
            ParameterInfo parameter = tensor.Parameter;
            int length = checked((int)parameter.Length);
            if (!ReferenceEquals(_current, parameter))
            {
                _values = _values.Length >= length ? _values : GC.AllocateUninitializedArray<float>(length);
                source(parameter, _values.AsSpan(0, length));
                _current = parameter;
            }

            ReadOnlySpan<float> part = _values.AsSpan(tensor.Start, tensor.Length);
            if (!tensor.IsTransposed)
            {
                return part;
            }

            _transposed = _transposed.Length >= part.Length ? _transposed : GC.AllocateUninitializedArray<float>(part.Length);
            Transposition.Transpose(part, _transposed, tensor.Rows, parameter.Columns);
            return _transposed.AsSpan(0, part.Length);
        }
    }
}
