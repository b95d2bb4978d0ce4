using Lazuli.Numerics;

namespace Lazuli.Models;

/// <summary>A model as a folder in the layout of Hugging Face: config, weights in safetensors, tokenizer. Opened, it is checked and mapped; dispose it when the weights are read.</summary>
public sealed partial class HuggingFaceFolder : IDisposable
{
    internal const string ConfigName = "config.json";
    internal const string TokenizerName = "tokenizer.json";
    internal const string WeightsName = "model.safetensors";
    internal const string IndexName = "model.safetensors.index.json";

    private readonly HuggingFaceWeights _weights;

    private HuggingFaceFolder(string path, HuggingFaceText text, HuggingFaceWeights weights)
    {
        Path = path;
        Text = text;
        _weights = weights;
    }

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>The small files: tokenizer, chat format, where texts begin and end.</summary>
    public HuggingFaceText Text { get; }

    /// <summary>The network's shape.</summary>
    public ModelConfig Config => Text.Config;

    /// <summary>The folder's <c>tokenizer.json</c>.</summary>
    public string TokenizerPath => Text.TokenizerPath;

    /// <summary>Jinja text of the chat format; null when the folder has none.</summary>
    public string? ChatTemplate => Text.ChatTemplate;

    /// <summary>Id that begins a text; null when the folder names none.</summary>
    public int? BeginId => Text.BeginId;

    /// <summary>Ids at which generation stops; may be empty.</summary>
    public IReadOnlyList<int> StopIds => Text.StopIds;

    /// <summary>How texts become vectors; null where the folder does not say.</summary>
    public PoolingKind? Pooling => Text.Pooling;

    /// <summary>Whether the folder says that the beginning of a vector is a vector too.</summary>
    public bool CanShortenEmbeddings => Text.CanShortenEmbeddings;

    /// <summary>Opens a folder, maps its weights and checks that every parameter is there with its shape.</summary>
    /// <exception cref="ModelFormatException">A file is damaged, missing, or of a kind that is not implemented.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static HuggingFaceFolder Open(string path)
    {
        HuggingFaceText text = HuggingFaceText.Open(path);
        return new HuggingFaceFolder(path, text, HuggingFaceWeights.Open(path, text.Config));
    }

    /// <summary>Reads the tokenizer, with the ids that begin and end texts.</summary>
    /// <exception cref="TokenizerFormatException">It is damaged, or of a kind that is not implemented.</exception>
    public TokenizerFiles ReadTokenizer() => Text.ReadTokenizer();

    /// <summary>How the folder stores a parameter; F32 where its parts are stored in several ways.</summary>
    /// <param name="parameter">A parameter of the table of <see cref="Config"/>.</param>
    /// <exception cref="ArgumentException">The model has no such parameter.</exception>
    public WeightFormat StoredFormat(ParameterInfo parameter) => _weights.StoredFormat(parameter);

    /// <summary>Reads one parameter, converted to 32-bit floats (exactly) and to our layout; a <see cref="ParameterSource"/>.</summary>
    /// <param name="parameter">A parameter of the table of <see cref="Config"/>.</param>
    /// <param name="destination">As long as the parameter.</param>
    /// <exception cref="ArgumentException">The model has no such parameter, or the destination has another length.</exception>
    public void ReadParameter(ParameterInfo parameter, Span<float> destination) => _weights.Read(parameter, destination);

    /// <summary>Hands every parameter of <paramref name="table"/> to <paramref name="sink"/>, in the table's order, converted to 32-bit floats (exactly) and to our layout.</summary>
    /// <exception cref="ArgumentException">The table is of another shape than <see cref="Config"/>.</exception>
    public void ReadParameters(ParameterTable table, ParameterSink sink)
    {
        if (table.Config != Config)
        {
            throw new ArgumentException($"The table is laid out for {table.Config}; the folder holds {Config}.", nameof(table));
        }

        float[] values = GC.AllocateUninitializedArray<float>(checked((int)table.All.Max(p => p.Length)));
        foreach (ParameterInfo parameter in table.All)
        {
            Span<float> part = values.AsSpan(0, (int)parameter.Length);
            _weights.Read(parameter, part);
            sink(parameter, part);
        }
    }

    /// <summary>Unmaps the weights.</summary>
    public void Dispose() => _weights.Dispose();
}
