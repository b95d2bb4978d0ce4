namespace Lazuli.Compute;

/// <summary>The shape of a decoder-only transformer, with its parameters and operations in closed form.</summary>
/// <remarks>Equal to what the model and training rooms count for the same shape; a test compares them over a grid.</remarks>
public sealed record ModelShape
{
    /// <summary>Kind of block.</summary>
    public PlannedFamily Family { get; init; } = PlannedFamily.Llama;

    /// <summary>Rows of the embedding.</summary>
    public required int VocabularySize { get; init; }

    /// <summary>Tokens of a training row.</summary>
    public required int ContextLength { get; init; }

    /// <summary>Blocks.</summary>
    public required int Layers { get; init; }

    /// <summary>Channels of the residual stream.</summary>
    public required int Width { get; init; }

    /// <summary>Query heads.</summary>
    public required int Heads { get; init; }

    /// <summary>Key and value heads.</summary>
    public required int KeyValueHeads { get; init; }

    /// <summary>Channels of a head.</summary>
    public required int HeadSize { get; init; }

    /// <summary>Hidden width of the feed-forward part.</summary>
    public required int FeedForwardWidth { get; init; }

    /// <summary>Whether the head is the embedding matrix itself.</summary>
    public bool TiedHead { get; init; } = true;

    /// <summary>Columns of queries, keys and values together.</summary>
    public long QkvWidth => (Heads + (2L * KeyValueHeads)) * HeadSize;

    /// <summary>Columns of attention's output.</summary>
    public long AttentionWidth => (long)Heads * HeadSize;

    /// <summary>Columns of the first feed-forward product: gate and up for Llama, up for GPT-2.</summary>
    public long FeedForwardInWidth => Family == PlannedFamily.Llama ? 2L * FeedForwardWidth : FeedForwardWidth;

    /// <summary>Weights of a block's matrix products.</summary>
    public long BlockWeights => Width * (QkvWidth + AttentionWidth + FeedForwardInWidth + FeedForwardWidth);

    /// <summary>Weights of all matrix products: blocks and head, a tied head once; look-ups not counted.</summary>
    public long MatrixWeights => (Layers * BlockWeights) + ((long)VocabularySize * Width);

    /// <summary>All parameters; a tied head counts once.</summary>
    public long ParameterCount
    {
        get
        {
            long embeddings = (long)VocabularySize * Width * (TiedHead ? 1 : 2);
            long norms = ((2L * Layers) + 1) * Width;
            if (Family == PlannedFamily.Llama)
            {
                return embeddings + (Layers * BlockWeights) + norms;
            }

            long positions = (long)ContextLength * Width;
            long biases = Layers * (QkvWidth + Width + FeedForwardInWidth + Width);
            return embeddings + positions + (Layers * BlockWeights) + (2 * norms) + biases; // a LayerNorm has a bias too
        }
    }

    /// <summary>FLOP to train on one token: <c>6·N + 6·L·C·T</c>, N <see cref="MatrixWeights"/>, C heads × head size, T the row; causal attention at half of the square.</summary>
    /// <remarks>Kaplan et al. 2020; Chowdhery et al. 2022, appendix B, who count the whole square.</remarks>
    public double FlopPerToken => (6.0 * MatrixWeights) + (6.0 * Layers * AttentionWidth * ContextLength);

    /// <summary>FLOP to generate one token with half of the context behind it: <c>2·N + 4·L·C·T/2</c>.</summary>
    public double ServingFlopPerToken => (2.0 * MatrixWeights) + (2.0 * Layers * AttentionWidth * ContextLength);
}
