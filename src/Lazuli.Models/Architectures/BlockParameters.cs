namespace Lazuli.Models;

/// <summary>The parameters of one block. Members that a family lacks are null.</summary>
public sealed record BlockParameters
{
    /// <summary>Gain of the norm before attention [C].</summary>
    public required ParameterInfo AttentionNorm { get; init; }

    /// <summary>GPT-2 only.</summary>
    public ParameterInfo? AttentionNormBias { get; init; }

    /// <summary>Query, key and value projections stacked by rows: [(H + 2G)·D, C].</summary>
    public required ParameterInfo Qkv { get; init; }

    /// <summary>GPT-2, and Llama with <see cref="ModelConfig.QkvBias"/>: [(H + 2G)·D].</summary>
    public ParameterInfo? QkvBias { get; init; }

    /// <summary>Gain of the norm of every query head [D]; with <see cref="ModelConfig.QueryKeyNorm"/> only.</summary>
    public ParameterInfo? QueryNorm { get; init; }

    /// <summary>Gain of the norm of every key head [D]; with <see cref="ModelConfig.QueryKeyNorm"/> only.</summary>
    public ParameterInfo? KeyNorm { get; init; }

    /// <summary>Output projection of attention [C, H·D].</summary>
    public required ParameterInfo AttentionOut { get; init; }

    /// <summary>GPT-2 only.</summary>
    public ParameterInfo? AttentionOutBias { get; init; }

    /// <summary>Gain of the norm before the feed-forward part [C].</summary>
    public required ParameterInfo FeedForwardNorm { get; init; }

    /// <summary>GPT-2 only.</summary>
    public ParameterInfo? FeedForwardNormBias { get; init; }

    /// <summary>Llama: gate and up stacked [2F, C]. GPT-2: up [F, C].</summary>
    public required ParameterInfo FeedForwardIn { get; init; }

    /// <summary>GPT-2 only.</summary>
    public ParameterInfo? FeedForwardInBias { get; init; }

    /// <summary>Down projection [C, F].</summary>
    public required ParameterInfo FeedForwardOut { get; init; }

    /// <summary>GPT-2 only.</summary>
    public ParameterInfo? FeedForwardOutBias { get; init; }
}
