using System.Globalization;
using Lazuli.Models;
using Lazuli.Numerics;

namespace Lazuli.Inference;

/// <summary>The weights of a model on a device, laid out for generating: matrices packed once, the plain form kept only of the embedding, which is looked up.</summary>
/// <remarks>Owns its memory and its backend. Read-only after loading; whoever runs it must be the backend's one caller.</remarks>
public sealed class InferenceModel : IDisposable
{
    /// <summary>Name of the file in the folder of an imported model.</summary>
    public const string ImportedFile = "model.gguf";

    private readonly DeviceArena _arena;
    private GgufModelFile? _file;

    private InferenceModel(IBackend backend, DeviceArena arena, ModelConfig config, IWeightSource weights)
    {
        Backend = backend;
        _arena = arena;
        Config = config;
        ParameterTable parameters = weights.Parameters;
        TokenEmbedding = weights.Embedding;
        PositionEmbedding = weights.Plain(parameters.PositionEmbedding);
        Blocks = [.. parameters.Blocks.Select(block => new BlockWeights(
            weights.Plain(block.AttentionNorm),
            weights.Plain(block.AttentionNormBias),
            weights.Linear(block.Qkv, block.QkvBias),
            weights.Plain(block.QueryNorm),
            weights.Plain(block.KeyNorm),
            weights.Linear(block.AttentionOut, block.AttentionOutBias),
            weights.Plain(block.FeedForwardNorm),
            weights.Plain(block.FeedForwardNormBias),
            weights.Linear(block.FeedForwardIn, block.FeedForwardInBias),
            weights.Linear(block.FeedForwardOut, block.FeedForwardOutBias)))];
        FinalNorm = weights.Plain(parameters.FinalNorm);
        FinalNormBias = weights.Plain(parameters.FinalNormBias);
        Head = weights.Linear(parameters.Head, bias: null);
        if (config.Family == ModelFamily.Llama)
        {
            RotaryTable = arena.Floats((long)config.ContextLength * config.HeadSize);
            backend.RopeTable(config.ContextLength, Frequencies(config), RotaryTable);
        }
    }

    /// <summary>The model's shape.</summary>
    public ModelConfig Config { get; }

    /// <summary>Bytes of device memory that the weights take.</summary>
    public long WeightBytes => _arena.UsedBytes;

    /// <summary>How the weights are kept, in words.</summary>
    public string WeightDescription { get; private init; } = "F32, packed at load";

    /// <summary>What the model's files say about text; null where weights came without.</summary>
    internal ModelText? Text { get; private init; }

    /// <summary>The tokenizer of the model's files; null where weights came without.</summary>
    public ITokenizer? Tokenizer => Text?.Tokenizer;

    /// <summary>Opens a model as it lies on disk: a GGUF file, a folder with <c>model.gguf</c>, or a folder in the layout of Hugging Face.</summary>
    /// <param name="path">File or folder.</param>
    /// <param name="backend">As for the other overloads.</param>
    /// <exception cref="ModelFormatException">A file is damaged, missing, or of a kind that is not implemented.</exception>
    /// <exception cref="TokenizerFormatException">The tokenizer is damaged or of a kind that is not implemented.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static InferenceModel Open(string path, IBackend backend)
    {
        string inside = Path.Combine(path, ImportedFile);
        string? gguf = File.Exists(path) ? path : File.Exists(inside) ? inside : null;
        if (gguf is null)
        {
            using HuggingFaceFolder folder = HuggingFaceFolder.Open(path);
            return Load(backend, folder);
        }

        // An imported folder keeps its small files, and its weights as GGUF.
        HuggingFaceText? text = gguf == inside && HuggingFaceText.IsIn(path) ? HuggingFaceText.Open(path) : null;
        GgufModelFile file = GgufModelFile.Open(gguf);
        try
        {
            return Load(backend, file, text);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Loads a model from whoever holds its weights, asking for each parameter once.</summary>
    /// <param name="backend">Runs the model; the model owns it from here on and disposes it. When loading fails it stays the caller's.</param>
    /// <param name="config">The model's shape.</param>
    /// <param name="source">Gives the values.</param>
    /// <exception cref="ArgumentException">The config has errors; the message lists them.</exception>
    public static InferenceModel Load(IBackend backend, ModelConfig config, ParameterSource source)
    {
        ArgumentNullException.ThrowIfNull(backend);
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(source);
        return Load(backend, config, text: null, (parameters, sink) =>
        {
            var values = new float[parameters.All.Max(parameter => parameter.Length)];
            foreach (ParameterInfo parameter in parameters.All)
            {
                Span<float> used = values.AsSpan(0, checked((int)parameter.Length));
                source(parameter, used);
                sink(parameter, used);
            }
        });
    }

    /// <summary>Loads a model from a folder in the layout of Hugging Face. The folder may be closed afterwards.</summary>
    /// <param name="backend">As for the other overload.</param>
    /// <param name="folder">The model.</param>
    /// <exception cref="ModelFormatException">The weights are damaged.</exception>
    public static InferenceModel Load(IBackend backend, HuggingFaceFolder folder)
    {
        ArgumentNullException.ThrowIfNull(backend);
        ArgumentNullException.ThrowIfNull(folder);
        return Load(backend, folder.Config, TextOf(folder.Text), folder.ReadParameters);
    }

    /// <summary>Runs a model from a GGUF file in place: weights stay mapped, in the formats that they are stored in.</summary>
    /// <param name="backend">As for the other overloads.</param>
    /// <param name="file">The model owns it from here on and closes it. When loading fails it stays the caller's.</param>
    /// <param name="text">Files that say what the model's text is like, where they came beside the weights; null for what the file says.</param>
    /// <exception cref="ModelFormatException">The file and <paramref name="text"/> are of different shapes.</exception>
    public static InferenceModel Load(IBackend backend, GgufModelFile file, HuggingFaceText? text = null)
    {
        ArgumentNullException.ThrowIfNull(backend);
        ArgumentNullException.ThrowIfNull(file);
        ModelConfig config = text is null ? file.Config : AgreedConfig(file, text.Config);
        DeviceArena arena = backend.CreateArena("weights");
        try
        {
            return new InferenceModel(backend, arena, config, new MappedWeights(backend, arena, file))
            {
                _file = file,
                Text = text is null ? TextOf(file) : TextOf(text),
                RotaryPairing = file.InterleavedRotary ? RopePairing.Interleaved : RopePairing.Halves,
                WeightDescription = Describe(file),
            };
        }
        catch
        {
            arena.Dispose();
            throw;
        }
    }

    /// <summary>Radians a position of each rotary pair: <c>base^(−2j/D)</c>, divided as the model's scaling says.</summary>
    private static double[] Frequencies(ModelConfig config) =>
        [.. Enumerable.Range(0, config.HeadSize / 2).Select(j => Math.Pow(config.RopeBase, -2.0 * j / config.HeadSize) / (config.RopeScaling?.Divisor(j, config.HeadSize, config.RopeBase) ?? 1))];

    /// <summary>The shape that both say; the folder's own words for the rotary base and its scaling, which GGUF rounds.</summary>
    private static ModelConfig AgreedConfig(GgufModelFile file, ModelConfig config) =>
        config with { RopeBase = file.Config.RopeBase, RopeScaling = file.Config.RopeScaling } == file.Config
            ? config
            : throw new ModelFormatException(file.Path, "shape", $"that of the config beside it ({config})", $"{file.Config}");

    private static ModelText TextOf(GgufModelFile file) => new()
    {
        Tokenizer = file.Tokenizer,
        ChatTemplate = file.ChatTemplate,
        BeginId = file.BeginId,
        AddsBegin = file.AddsBegin,
        StopIds = file.StopIds,
        AddedEndId = file.AddsEnd ? file.EndId : null,
        Pooling = file.Pooling,
        CanShortenEmbeddings = file.CanShortenEmbeddings,
    };

    private static ModelText TextOf(HuggingFaceText folder)
    {
        TokenizerFiles files = folder.ReadTokenizer();
        ModelText text = ModelText.Of(files.Tokenizer, folder.StopIds, folder.BeginId, folder.ChatTemplate) with { AddedEndId = files.AddedEndId, Pooling = folder.Pooling, CanShortenEmbeddings = folder.CanShortenEmbeddings };
        return folder.BeginId is null ? text : text with { AddsBegin = files.AddsBegin };
    }

    private static string Describe(GgufModelFile file)
    {
        IEnumerable<string> formats = file.Tensors.Where(t => t.Rows > 1).GroupBy(t => t.Format).OrderByDescending(g => g.Sum(t => t.ByteLength)).Select(g => g.Key.ToString());
        return string.Create(CultureInfo.InvariantCulture, $"{string.Join(", ", formats)}, mapped{(file.Layout == WeightLayout.Lanes ? " in lanes" : "")}, {file.Tensors.Sum(t => t.ByteLength) / 1e6:F1} MB");
    }

    private static InferenceModel Load(IBackend backend, ModelConfig config, ModelText? text, Action<ParameterTable, ParameterSink> read)
    {
        var parameters = new ParameterTable(config);
        DeviceArena arena = backend.CreateArena("weights");
        try
        {
            using var loader = new WeightLoader(backend, arena, parameters);
            read(parameters, loader.Take);
            return new InferenceModel(backend, arena, config, loader) { Text = text };
        }
        catch
        {
            arena.Dispose();
            throw;
        }
    }

    internal IBackend Backend { get; }

    /// <summary>[V, C].</summary>
    internal EmbeddingTable TokenEmbedding { get; }

    /// <summary>[T, C]; GPT-2 only.</summary>
    internal DeviceBuffer PositionEmbedding { get; }

    /// <summary>[T, D]; Llama only.</summary>
    internal DeviceBuffer RotaryTable { get; }

    /// <summary>How the rotary pairs of queries and keys lie.</summary>
    internal RopePairing RotaryPairing { get; private init; } = RopePairing.Halves;

    internal IReadOnlyList<BlockWeights> Blocks { get; }

    internal DeviceBuffer FinalNorm { get; }

    internal DeviceBuffer FinalNormBias { get; }

    internal LinearLayer Head { get; }

    /// <summary>Bytes of weights that a step reads however few rows it has: all matrices, the head among them; of the embedding only rows are read.</summary>
    internal long StreamedBytes => Head.StreamedBytes + Blocks.Sum(b => b.Qkv.StreamedBytes + b.AttentionOut.StreamedBytes + b.FeedForwardIn.StreamedBytes + b.FeedForwardOut.StreamedBytes);

    /// <summary>Bytes of an embedding row.</summary>
    internal long EmbeddingRowBytes => TokenEmbedding.Rows.ByteLength / Config.VocabularySize;

    /// <summary>Gives back the memory and ends the backend.</summary>
    public void Dispose()
    {
        _arena.Dispose();
        Backend.Dispose();
        _file?.Dispose();
    }
}
