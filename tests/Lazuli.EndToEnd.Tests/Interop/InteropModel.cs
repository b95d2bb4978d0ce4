using System.Text;
using Lazuli.Models;

namespace Lazuli.EndToEnd.Tests;

/// <summary>A small model of random weights, peaked enough that the likeliest token is clear, with a tokenizer trained on a few lines.</summary>
internal sealed class InteropModel
{
    /// <summary>Texts that tell split rules apart: contractions, numbers, blanks, camel case, other scripts, marks as plain text.</summary>
    public static readonly string[] Texts =
    [
        "Hello world, it's 2026 and they're here; WE'LL see.",
        "    indented\n\n\ttabs  and   runs of blanks   \nend",
        "var parseJsonDocument = HttpClient.GetStringAsync(url12345, 0xFF);",
        "Größe, naïve café, Ελληνικά, русский, 日本語テキスト, العربية 👩‍🚀🎉",
        "the theatre of the thing that they think",
        "<|end|> is only text here, and so is <|user|>",
        "!!! ... --- === ((( )))\r\nnew line's 'quoted' text",
        "e\u0301 combining, ﬁ ligature, ½ ² Ⅷ ٣",
        " ",
        "\n",
    ];

    private readonly Dictionary<string, float[]> _values = [];

    private InteropModel(ModelConfig config, BpeTokenizer tokenizer)
    {
        Config = config;
        Tokenizer = tokenizer;
        Table = new ParameterTable(config);
        var random = new Random(20261123);
        foreach (ParameterInfo parameter in Table.All)
        {
            float[] values = new float[parameter.Length];
            double scale = parameter.Role switch
            {
                ParameterRole.TokenEmbedding or ParameterRole.Head => 0.5,
                ParameterRole.PositionEmbedding => 0.3,
                ParameterRole.HiddenMatrix => 1 / Math.Sqrt(parameter.Columns),
                _ => 0.2,
            };
            double centre = parameter.Role == ParameterRole.NormGain ? 1 : 0;
            for (int i = 0; i < values.Length; i++)
            {
                double normal = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
                values[i] = (float)(centre + (scale * normal));
            }

            _values.Add(parameter.Name, values);
        }
    }

    public ModelConfig Config { get; }

    public BpeTokenizer Tokenizer { get; }

    public ParameterTable Table { get; }

    public float[] Values(ParameterInfo parameter) => _values[parameter.Name];

    public ModelPackage Package => new()
    {
        Config = Config,
        Parameters = (parameter, destination) => Values(parameter).CopyTo(destination),
        Tokenizer = TokenizerFiles.Of(Tokenizer),
        ChatTemplate = ChatTemplate.Jinja,
        Provenance = new ModelProvenance { Name = "interop", License = "MIT", RunId = "none", DataSets = [new DataSetOrigin("random", "CC0-1.0")] },
    };

    public int[] Encode(string text)
    {
        var ids = new List<int>();
        Tokenizer.Encode(Encoding.UTF8.GetBytes(text), ids);
        return [.. ids];
    }

    /// <summary>Of one of the kinds <c>llama</c> (grouped queries), <c>llama-untied</c>, <c>llama-wide-heads</c> and <c>gpt2</c>.</summary>
    public static InteropModel OfKind(string kind, SplitRule split = SplitRule.O200k)
    {
        BpeTokenizer tokenizer = BpeTrainer.Train(
            Enumerable.Repeat(Texts, 3).Select(t => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(string.Join("\n", t))),
            new BpeTrainingOptions { VocabularySize = 400, Split = split });
        var llama = new ModelConfig
        {
            Family = ModelFamily.Llama,
            VocabularySize = 416, // more rows than tokens, as sizes rounded up have
            ContextLength = 256,
            Layers = 3,
            Width = 64,
            Heads = 4,
            KeyValueHeads = 2,
            HeadSize = 16,
            FeedForwardWidth = 160,
            NormEpsilon = 1e-6f,
            RopeBase = 50_000,
        };
        return new InteropModel(
            kind switch
            {
                "llama" => llama,
                "llama-untied" => llama with { TiedHead = false, KeyValueHeads = 4 },
                "llama-wide-heads" => llama with { HeadSize = 24, KeyValueHeads = 1 },
                _ => llama with { Family = ModelFamily.Gpt2, KeyValueHeads = 4, NormEpsilon = 1e-5f, RopeBase = 10_000 },
            },
            tokenizer);
    }
}
