namespace Lazuli.Models;

/// <summary>A model as a folder in the layout of Hugging Face: config, weights in safetensors, tokenizer. Opened, it is checked and mapped; dispose it when the weights are read.</summary>
public sealed partial class HuggingFaceFolder : IDisposable
{
    internal const string ConfigName = "config.json";
    internal const string TokenizerName = "tokenizer.json";
    internal const string WeightsName = "model.safetensors";
    internal const string IndexName = "model.safetensors.index.json";

    private readonly HuggingFaceWeights _weights;

    private HuggingFaceFolder(string path, HuggingFaceWeights weights)
    {
        Path = path;
        _weights = weights;
        Config = weights.Config;
        TokenizerPath = System.IO.Path.Combine(path, TokenizerName);
        if (!File.Exists(TokenizerPath))
        {
            throw new ModelFormatException(TokenizerPath, "file", "a tokenizer", "no such file");
        }

        ChatTemplate = HuggingFaceTokenizer.ReadChatTemplate(path);
        JsonFields config = JsonFields.Open(System.IO.Path.Combine(path, ConfigName), HuggingFaceTokenizer.MaxFileLength);
        string generationPath = System.IO.Path.Combine(path, "generation_config.json");
        JsonFields? generation = File.Exists(generationPath) ? JsonFields.Open(generationPath, HuggingFaceTokenizer.MaxFileLength) : null;
        IReadOnlyList<int> Ids(string name) => generation is JsonFields g && g.Has(name) ? g.Ids(name) : config.Ids(name);
        BeginId = Ids("bos_token_id") is [int begin, ..] ? begin : null;
        StopIds = Ids("eos_token_id");
        Pooling = HuggingFacePooling.Read(path);
        CanShortenEmbeddings = HuggingFacePooling.IsMatryoshka(config);
    }

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>The network's shape.</summary>
    public ModelConfig Config { get; }

    /// <summary>The folder's <c>tokenizer.json</c>.</summary>
    public string TokenizerPath { get; }

    /// <summary>Jinja text of the chat format; null when the folder has none.</summary>
    public string? ChatTemplate { get; }

    /// <summary>Id that begins a text; null when the folder names none.</summary>
    public int? BeginId { get; }

    /// <summary>Ids at which generation stops; may be empty.</summary>
    public IReadOnlyList<int> StopIds { get; }

    /// <summary>How texts become vectors; null where the folder does not say.</summary>
    public PoolingKind? Pooling { get; }

    /// <summary>Whether the folder says that the beginning of a vector is a vector too.</summary>
    public bool CanShortenEmbeddings { get; }

    /// <summary>Opens a folder, maps its weights and checks that every parameter is there with its shape.</summary>
    /// <exception cref="ModelFormatException">A file is damaged, missing, or of a kind that is not implemented.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static HuggingFaceFolder Open(string path)
    {
        if (!Directory.Exists(path))
        {
            throw new DirectoryNotFoundException($"There is no model folder '{path}'.");
        }

        string configPath = System.IO.Path.Combine(path, ConfigName);
        if (!File.Exists(configPath))
        {
            throw new ModelFormatException(configPath, "file", "the model's config", "no such file");
        }

        HuggingFaceWeights weights = HuggingFaceWeights.Open(path, HuggingFaceConfig.Read(configPath));
        try
        {
            return new HuggingFaceFolder(path, weights);
        }
        catch
        {
            weights.Dispose();
            throw;
        }
    }

    /// <summary>Reads the tokenizer, with the ids that begin and end texts.</summary>
    /// <exception cref="TokenizerFormatException">It is damaged, or of a kind that is not implemented.</exception>
    public TokenizerFiles ReadTokenizer()
    {
        ITokenizer tokenizer = TokenizerJson.Load(TokenizerPath);
        bool isOurs = ChatTemplate == Models.ChatTemplate.Jinja || Models.ChatTemplate.SpecialTokens.All(tokenizer.SpecialTokens.ContainsKey); // folders of ours did not always say so
        return new TokenizerFiles { Tokenizer = tokenizer, BeginId = BeginId, StopIds = StopIds, AddsBegin = HuggingFaceTokenizer.ReadAddsBegin(Path) ?? isOurs, AddedEndId = HuggingFaceTokenizer.ReadAddedEndId(TokenizerPath, tokenizer) };
    }

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
