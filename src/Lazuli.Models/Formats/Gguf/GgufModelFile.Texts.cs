using System.Globalization;

namespace Lazuli.Models;

/// <summary>What the file says beside the network: tokenizer, chat format, origin.</summary>
public sealed partial class GgufModelFile
{
    private const int MaxOrigins = 1_000;

    /// <summary>Ends of turns and texts that chat models use, which files often do not name as such.</summary>
    private static readonly string[] s_stops = ["<|eot_id|>", "<|im_end|>", "<|end|>", "<|eom_id|>", "<|endoftext|>", "<|end_of_text|>", "</s>"];

    private readonly Lazy<ITokenizer> _tokenizer;

    /// <summary>The tokenizer, read at first use.</summary>
    /// <exception cref="GgufFormatException">It is missing, damaged, or of a kind that is not implemented.</exception>
    public ITokenizer Tokenizer => _tokenizer.Value;

    /// <summary>Jinja text of the chat format; null when the file has none.</summary>
    public string? ChatTemplate => Metadata.Text("tokenizer.chat_template");

    /// <summary>Id that begins a text; null when the file names none.</summary>
    public int? BeginId => Id("bos");

    /// <summary>Whether <see cref="BeginId"/> goes before every prompt that does not begin with it. Where the file does not say, SentencePiece models want it and Llama 3's do.</summary>
    public bool AddsBegin => BeginId is not null
        && (Metadata.Flag("tokenizer.ggml.add_bos_token") ?? (Metadata.Text("tokenizer.ggml.model") == "llama" || Metadata.Text("tokenizer.ggml.pre") is "llama-bpe" or "llama3" or "llama-v3"));

    /// <summary>Id that ends a text; null when the file names none.</summary>
    public int? EndId => Id("eos");

    /// <summary>Whether <see cref="EndId"/> goes behind every prompt.</summary>
    public bool AddsEnd => EndId is not null && (Metadata.Flag("tokenizer.ggml.add_eos_token") ?? false);

    /// <summary>How texts become vectors; null where the file says none, or ranks instead.</summary>
    /// <exception cref="GgufFormatException">The number is outside the specification's.</exception>
    public PoolingKind? Pooling => Metadata.Number($"{Metadata.Text("general.architecture")}.pooling_type", 0, 4) switch
    {
        1 => PoolingKind.Mean,
        2 => PoolingKind.First,
        3 => PoolingKind.Last,
        _ => null,
    };

    /// <summary>Whether the beginning of a text's vector is a vector too; other programs' files do not say.</summary>
    public bool CanShortenEmbeddings => Metadata.Flag(GgufMetadata.MatryoshkaKey) ?? false;

    /// <summary>Id that ends a turn; null when the file names none.</summary>
    public int? EndOfTurnId => Id("eot");

    /// <summary>Ids at which generation stops: the end of a turn first, then of a text, then control tokens that are known as such. May be empty.</summary>
    public IReadOnlyList<int> StopIds
    {
        get
        {
            var ids = new List<int?> { EndOfTurnId, EndId, Id("eom") };
            ids.AddRange(s_stops.Select(stop => Tokenizer.SpecialTokens.TryGetValue(stop, out int id) ? id : (int?)null));
            return [.. ids.OfType<int>().Distinct()];
        }
    }

    /// <summary>The model's name; the file's where it has none.</summary>
    public string Name => Metadata.Text("general.name") is { Length: > 0 } name ? name : System.IO.Path.GetFileNameWithoutExtension(Path);

    /// <summary>The licence as the file says it; null when it says none.</summary>
    public string? License => Metadata.Text("general.license");

    /// <summary>Where the model came from, as far as the file says; a licence that it does not name is <c>LicenseRef-unknown</c>.</summary>
    public ModelProvenance Provenance => new()
    {
        Name = Name,
        License = License ?? "LicenseRef-unknown",
        Description = Metadata.Text("general.description"),
        RunId = Metadata.Text("lazuli.run.id"),
        BaseModels = [.. Origins("base_model").Select(p => new BaseModelOrigin(OriginName(p), Metadata.Text(p + "version"), Url(p)))],
        DataSets = [.. Origins("dataset").Select(p => new DataSetOrigin(OriginName(p), "LicenseRef-unknown", Metadata.Text(p + "description"), Metadata.Text(p + "version"), Url(p)))],
    };

    private int? Id(string name) => Metadata.Number($"tokenizer.ggml.{name}_token_id", 0, Config.VocabularySize - 1);

    private IEnumerable<string> Origins(string kind) => Enumerable.Range(0, Metadata.Number($"general.{kind}.count", 0, MaxOrigins) ?? 0)
        .Select(i => string.Create(CultureInfo.InvariantCulture, $"general.{kind}.{i}."));

    private string OriginName(string prefix) => Metadata.Text(prefix + "name") ?? Url(prefix) ?? "unnamed";

    private string? Url(string prefix) => Metadata.Text(prefix + "repo_url") ?? Metadata.Text(prefix + "url");
}
