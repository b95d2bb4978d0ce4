using Lazuli.Inference;
using Lazuli.Numerics;

namespace Lazuli.Models.Tests;

/// <summary>A model of random weights, small enough for plain loops to check.</summary>
internal sealed class TinyModel
{
    private readonly Dictionary<string, float[]> _values = [];

    private TinyModel(ModelConfig config, int seed)
    {
        Config = config;
        Parameters = new ParameterTable(config);
        var random = new Random(seed);
        foreach (ParameterInfo parameter in Parameters.All)
        {
            // Wide enough that attention and answers vary from token to token; norms near 1, biases near 0.
            (double center, double spread) = parameter.Role switch
            {
                ParameterRole.NormGain => (1.0, 0.2),
                ParameterRole.Bias => (0.0, 0.2),
                ParameterRole.HiddenMatrix => (0.0, 1.5 / Math.Sqrt(parameter.Columns)),
                _ => (0.0, 0.6),
            };
            _values[parameter.Name] = [.. Enumerable.Range(0, (int)parameter.Length).Select(_ => (float)(center + (spread * Normal(random))))];
        }
    }

    public ModelConfig Config { get; }

    public ParameterTable Parameters { get; }

    public static TinyModel Llama(int context = 128, int layers = 2, int seed = 11, bool tied = true, int vocabulary = 261) => new(
        new ModelConfig
        {
            Family = ModelFamily.Llama,
            VocabularySize = vocabulary,
            ContextLength = context,
            Layers = layers,
            Width = 24,
            Heads = 4,
            KeyValueHeads = 2,
            HeadSize = 8,
            FeedForwardWidth = 40,
            TiedHead = tied,
        },
        seed);

    public static TinyModel Gpt2(int context = 128, int layers = 2, int seed = 12) => new(
        new ModelConfig
        {
            Family = ModelFamily.Gpt2,
            VocabularySize = 261,
            ContextLength = context,
            Layers = layers,
            Width = 24,
            Heads = 3,
            KeyValueHeads = 3,
            HeadSize = 8,
            FeedForwardWidth = 96,
        },
        seed);

    /// <summary>A model of any shape.</summary>
    public static TinyModel Of(ModelConfig config, int seed = 13) => new(config, seed);

    /// <summary>A Llama whose likeliest token is always a lower-case letter: the head's other rows are zero.</summary>
    public static TinyModel Letters(int context = 128)
    {
        TinyModel model = Llama(context, tied: false);
        float[] head = model._values[model.Parameters.Head.Name];
        int first = PlainBytes.FirstId + 'a';
        head.AsSpan(0, first * model.Config.Width).Clear();
        head.AsSpan((first + 26) * model.Config.Width).Clear();
        return model;
    }

    /// <summary>A Llama to which all tokens are equally likely, so that greedy takes id 0, the end of text.</summary>
    public static TinyModel Indifferent(int context = 128)
    {
        TinyModel model = Llama(context);
        Array.Clear(model._values[model.Parameters.FinalNorm.Name]);
        return model;
    }

    /// <summary>The same model with a weight that is not a number.</summary>
    public TinyModel Damaged()
    {
        _values[Parameters.FinalNorm.Name][3] = float.NaN;
        return this;
    }

    /// <summary>The same model with an embedding of one character that is not a number.</summary>
    public TinyModel DamagedAt(char character)
    {
        _values[Parameters.TokenEmbedding.Name][(PlainBytes.FirstId + character) * Config.Width] = float.NaN;
        return this;
    }

    public float[] Values(ParameterInfo parameter) => _values[parameter.Name];

    public InferenceModel Load(int threads = 2) =>
        InferenceModel.Load(new CpuBackend(threads), Config, (parameter, destination) => _values[parameter.Name].CopyTo(destination));

    /// <summary>Writes the model as GGUF and runs it from there.</summary>
    public InferenceModel LoadMapped(string path, GgufEncoding encoding, int threads = 2)
    {
        if (!File.Exists(path))
        {
            GgufFile.Write(path, new ModelPackage
            {
                Config = Config,
                Parameters = (parameter, destination) => _values[parameter.Name].CopyTo(destination),
                Tokenizer = TokenizerFiles.Of(SampleModel.Tokenizer),
                Provenance = new ModelProvenance { Name = "tiny", License = "MIT" },
            }, encoding);
        }

        return InferenceModel.Load(new CpuBackend(threads), GgufModelFile.Open(path));
    }

    public InferenceEngine Start(InferenceOptions? options = null, int threads = 2) =>
        InferenceEngine.Create(Load(threads), PlainBytes.WithChat, options ?? new InferenceOptions { PageTokens = 16, MaxSequences = 8 });

    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
