namespace Lazuli.Models;

/// <summary>The small files of a Hugging Face folder: shape, tokenizer, chat format, where texts begin and end. The weights may lie elsewhere.</summary>
public sealed class HuggingFaceText
{
    private readonly string _folder;

    private HuggingFaceText(string folder, ModelConfig config)
    {
        _folder = folder;
        Config = config;
        TokenizerPath = Path.Combine(folder, HuggingFaceFolder.TokenizerName);
        if (!File.Exists(TokenizerPath))
        {
            throw new ModelFormatException(TokenizerPath, "file", "a tokenizer", "no such file");
        }

        ChatTemplate = HuggingFaceTokenizer.ReadChatTemplate(folder);
        JsonFields fields = JsonFields.Open(Path.Combine(folder, HuggingFaceFolder.ConfigName), HuggingFaceTokenizer.MaxFileLength);
        string generationPath = Path.Combine(folder, "generation_config.json");
        JsonFields? generation = File.Exists(generationPath) ? JsonFields.Open(generationPath, HuggingFaceTokenizer.MaxFileLength) : null;
        IReadOnlyList<int> Ids(string name) => generation is JsonFields g && g.Has(name) ? g.Ids(name) : fields.Ids(name);
        BeginId = Ids("bos_token_id") is [int begin, ..] ? begin : null;
        StopIds = Ids("eos_token_id");
        Pooling = HuggingFacePooling.Read(folder);
        CanShortenEmbeddings = HuggingFacePooling.IsMatryoshka(fields);
    }

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

    /// <summary>Whether a folder has a config and a tokenizer.</summary>
    public static bool IsIn(string folder) => File.Exists(Path.Combine(folder, HuggingFaceFolder.ConfigName)) && File.Exists(Path.Combine(folder, HuggingFaceFolder.TokenizerName));

    /// <summary>Reads the files of a folder.</summary>
    /// <exception cref="ModelFormatException">A file is damaged, missing, or of a kind that is not implemented.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static HuggingFaceText Open(string folder)
    {
        if (!Directory.Exists(folder))
        {
            throw new DirectoryNotFoundException($"There is no model folder '{folder}'.");
        }

        string configPath = Path.Combine(folder, HuggingFaceFolder.ConfigName);
        return File.Exists(configPath)
            ? new HuggingFaceText(folder, HuggingFaceConfig.Read(configPath))
            : throw new ModelFormatException(configPath, "file", "the model's config", "no such file");
    }

    /// <summary>Reads the tokenizer, with the ids that begin and end texts.</summary>
    /// <exception cref="TokenizerFormatException">It is damaged, or of a kind that is not implemented.</exception>
    public TokenizerFiles ReadTokenizer()
    {
        ITokenizer tokenizer = TokenizerJson.Load(TokenizerPath);
        bool isOurs = ChatTemplate == Models.ChatTemplate.Jinja || Models.ChatTemplate.SpecialTokens.All(tokenizer.SpecialTokens.ContainsKey); // folders of ours did not always say so
        return new TokenizerFiles { Tokenizer = tokenizer, BeginId = BeginId, StopIds = StopIds, AddsBegin = HuggingFaceTokenizer.ReadAddsBegin(_folder) ?? isOurs, AddedEndId = HuggingFaceTokenizer.ReadAddedEndId(TokenizerPath, tokenizer) };
    }
}
