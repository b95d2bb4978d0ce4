namespace Lazuli.Models.Tests;

/// <summary>Small models of each kind, with weights that include the awkward floats.</summary>
internal sealed class SampleModel
{
    private static readonly float[] s_awkward =
        [0f, -0f, 1f, float.MaxValue, float.MinValue, float.Epsilon, -float.Epsilon, 1e-40f, float.NaN, float.PositiveInfinity, float.NegativeInfinity, 65504f, 6e-8f];

    private readonly float[] _values;

    /// <summary>5 special tokens, 256 bytes, 3 merges: 264 ids.</summary>
    public static BpeTokenizer Tokenizer { get; } = BpeTokenizer.Create(
        SplitRule.Gpt2,
        [("t"u8.ToArray(), "h"u8.ToArray()), ("th"u8.ToArray(), "e"u8.ToArray()), (" "u8.ToArray(), "the"u8.ToArray())],
        ChatTemplate.SpecialTokens);

    public SampleModel(ModelConfig config, int seed, bool awkward = true)
    {
        Config = config;
        Table = new ParameterTable(config);
        _values = new float[Table.BufferLength];
        var random = new Random(seed);
        for (int i = 0; i < _values.Length; i++)
        {
            _values[i] = awkward && random.Next(16) == 0 ? s_awkward[random.Next(s_awkward.Length)] : (float)(random.NextDouble() - 0.5);
        }
    }

    public ModelConfig Config { get; }

    public ParameterTable Table { get; }

    public ReadOnlySpan<float> Values(ParameterInfo parameter) => _values.AsSpan(checked((int)parameter.Offset), checked((int)parameter.Length));

    public ModelPackage Package(string? chatTemplate = ChatTemplate.Jinja) => new()
    {
        Config = Config,
        Parameters = (parameter, destination) => Values(parameter).CopyTo(destination),
        Tokenizer = TokenizerFiles.Of(Tokenizer),
        ChatTemplate = chatTemplate,
        Provenance = new ModelProvenance
        {
            Name = "sample",
            License = "MIT",
            RunId = "run-1",
            DataSets = [new DataSetOrigin("words", "CC0-1.0", "made up", "sha256:00")],
            BaseModels = [new BaseModelOrigin("seedling")],
            Facts = [new("tokens", "1,000")],
        },
    };

    public static ModelConfig Llama(int heads = 4, int keyValueHeads = 2, bool tied = true, int headSize = 6) => new()
    {
        Family = ModelFamily.Llama,
        VocabularySize = 270,
        ContextLength = 32,
        Layers = 2,
        Width = 24,
        Heads = heads,
        KeyValueHeads = keyValueHeads,
        HeadSize = headSize,
        FeedForwardWidth = 40,
        NormEpsilon = 1e-6f,
        RopeBase = 50_000,
        TiedHead = tied,
    };

    public static ModelConfig Gpt2() => new()
    {
        Family = ModelFamily.Gpt2,
        VocabularySize = 264,
        ContextLength = 16,
        Layers = 2,
        Width = 32,
        Heads = 4,
        KeyValueHeads = 4,
        HeadSize = 8,
        FeedForwardWidth = 96,
    };

    /// <summary>Name and shape of every kind that must go out and in.</summary>
    public static TheoryData<string> Kinds => ["llama", "llama-grouped", "llama-untied", "llama-wide-heads", "gpt2"];

    public static ModelConfig OfKind(string kind) => kind switch
    {
        "llama" => Llama(4, 4),
        "llama-grouped" => Llama(4, 2),
        "llama-untied" => Llama(6, 3, tied: false, headSize: 4),
        "llama-wide-heads" => Llama(4, 1, headSize: 10),
        _ => Gpt2(),
    };
}
