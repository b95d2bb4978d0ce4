namespace Lazuli.Models;

/// <summary>Where every parameter of a model lies in one flat buffer of floats. A pure function of the config, so checkpoints and optimizers can share it.</summary>
public sealed class ParameterTable
{
    private readonly List<ParameterInfo> _all = [];
    private long _next;

    /// <summary>Lays out <paramref name="config"/>.</summary>
    /// <exception cref="ArgumentException">The config has errors; the message lists them.</exception>
    public ParameterTable(ModelConfig config)
    {
        IReadOnlyList<string> errors = config.FindErrors();
        if (errors.Count > 0)
        {
            throw new ArgumentException(string.Join(" ", errors), nameof(config));
        }

        Config = config;
        bool gpt2 = config.Family == ModelFamily.Gpt2;
        TokenEmbedding = Matrix("token_embedding.weight", ParameterRole.TokenEmbedding, -1, config.VocabularySize, config.Width);
        PositionEmbedding = gpt2 ? Matrix("position_embedding.weight", ParameterRole.PositionEmbedding, -1, config.ContextLength, config.Width) : null;
        var blocks = new BlockParameters[config.Layers];
        for (int i = 0; i < blocks.Length; i++)
        {
            blocks[i] = Block(i, gpt2);
        }

        Blocks = blocks;
        FinalNorm = Vector("final_norm.gain", ParameterRole.NormGain, -1, config.Width);
        FinalNormBias = gpt2 ? Vector("final_norm.bias", ParameterRole.Bias, -1, config.Width) : null;
        Head = config.TiedHead ? TokenEmbedding : Matrix("head.weight", ParameterRole.Head, -1, config.VocabularySize, config.Width);
        BufferLength = _next;
    }

    /// <summary>The shape laid out.</summary>
    public ModelConfig Config { get; }

    /// <summary>Every parameter once (a tied head is the embedding), in order of offset.</summary>
    public IReadOnlyList<ParameterInfo> All => _all;

    /// <summary>Floats of the flat buffer, gaps of alignment included.</summary>
    public long BufferLength { get; }

    /// <summary>Number of parameters; a tied head counts once.</summary>
    public long ParameterCount => _all.Sum(p => p.Length);

    /// <summary>Token embedding [V, C].</summary>
    public ParameterInfo TokenEmbedding { get; }

    /// <summary>Learned positions [T, C]; GPT-2 only.</summary>
    public ParameterInfo? PositionEmbedding { get; }

    /// <summary>The blocks in order.</summary>
    public IReadOnlyList<BlockParameters> Blocks { get; }

    /// <summary>Gain of the last norm [C].</summary>
    public ParameterInfo FinalNorm { get; }

    /// <summary>GPT-2 only.</summary>
    public ParameterInfo? FinalNormBias { get; }

    /// <summary>Output head [V, C]; the token embedding when tied.</summary>
    public ParameterInfo Head { get; }

    private BlockParameters Block(int i, bool gpt2)
    {
        ModelConfig c = Config;
        string prefix = $"blocks.{i}.";
        int queryRows = c.Heads * c.HeadSize;
        int keyRows = c.KeyValueHeads * c.HeadSize;
        ParameterInfo? BiasOf(string name, int length) => gpt2 ? Vector(prefix + name, ParameterRole.Bias, i, length) : null;
        return new BlockParameters
        {
            AttentionNorm = Vector(prefix + "attention_norm.gain", ParameterRole.NormGain, i, c.Width),
            AttentionNormBias = BiasOf("attention_norm.bias", c.Width),
            Qkv = Matrix(prefix + "attention.qkv.weight", ParameterRole.HiddenMatrix, i, queryRows + (2 * keyRows), c.Width, queryRows, keyRows, keyRows),
            QkvBias = gpt2 || c.QkvBias ? Vector(prefix + "attention.qkv.bias", ParameterRole.Bias, i, queryRows + (2 * keyRows)) : null,
            QueryNorm = c.QueryKeyNorm ? Vector(prefix + "attention.query_norm.gain", ParameterRole.NormGain, i, c.HeadSize) : null,
            KeyNorm = c.QueryKeyNorm ? Vector(prefix + "attention.key_norm.gain", ParameterRole.NormGain, i, c.HeadSize) : null,
            AttentionOut = Matrix(prefix + "attention.out.weight", ParameterRole.HiddenMatrix, i, c.Width, queryRows),
            AttentionOutBias = BiasOf("attention.out.bias", c.Width),
            FeedForwardNorm = Vector(prefix + "feed_forward_norm.gain", ParameterRole.NormGain, i, c.Width),
            FeedForwardNormBias = BiasOf("feed_forward_norm.bias", c.Width),
            FeedForwardIn = gpt2
                ? Matrix(prefix + "feed_forward.in.weight", ParameterRole.HiddenMatrix, i, c.FeedForwardWidth, c.Width)
                : Matrix(prefix + "feed_forward.in.weight", ParameterRole.HiddenMatrix, i, 2 * c.FeedForwardWidth, c.Width, c.FeedForwardWidth, c.FeedForwardWidth),
            FeedForwardInBias = BiasOf("feed_forward.in.bias", c.FeedForwardWidth),
            FeedForwardOut = Matrix(prefix + "feed_forward.out.weight", ParameterRole.HiddenMatrix, i, c.Width, c.FeedForwardWidth),
            FeedForwardOutBias = BiasOf("feed_forward.out.bias", c.Width),
        };
    }

    private ParameterInfo Matrix(string name, ParameterRole role, int block, int rows, int columns, params int[] partRows) =>
        Add(new ParameterInfo(name, role, block, rows, columns, _next, partRows.Length > 0 ? partRows : [rows]));

    private ParameterInfo Vector(string name, ParameterRole role, int block, int length) =>
        Add(new ParameterInfo(name, role, block, 1, length, _next, [1]));

    private ParameterInfo Add(ParameterInfo parameter)
    {
        const int AlignmentFloats = 16; // one cache line: kernels load whole vectors from the start of a parameter
        _all.Add(parameter);
        _next = (parameter.Offset + parameter.Length + AlignmentFloats - 1) / AlignmentFloats * AlignmentFloats;
        return parameter;
    }
}
