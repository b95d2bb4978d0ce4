namespace Lazuli.Contracts;

/// <summary>Texts to turn into vectors.</summary>
public sealed record EmbeddingRequest
{
    /// <summary>Texts or token ids; each gives one vector.</summary>
    public required IReadOnlyList<GenerationPrompt> Inputs { get; init; }

    /// <summary>Which of an input's last hidden states make its vector.</summary>
    /// <value>Default null: as the model's files say, else <see cref="EmbeddingPooling.Mean"/>.</value>
    public EmbeddingPooling? Pooling { get; init; }

    /// <summary>Numbers of each vector: the first ones, of length 1 again.</summary>
    /// <value>Default null: all; from 1 to <see cref="IEmbeddingEngine.EmbeddingWidth"/>. Fewer than all only where <see cref="IEmbeddingEngine.CanShortenEmbeddings"/>.</value>
    public int? Dimensions { get; init; }

    /// <summary>Whom its compute is counted to; changes nothing about the vectors.</summary>
    public ComputeParty? Party { get; init; }

    /// <summary>Hears what this request takes; null when nobody asks. Changes nothing about the answer.</summary>
    public IRequestMeter? Meter { get; init; }

    /// <summary>Lower goes first, whoever asked.</summary>
    /// <value>Default 0.</value>
    public int Priority { get; init; }
}

/// <summary>How the hidden states of a text become one vector.</summary>
public enum EmbeddingPooling
{
    /// <summary>Their mean.</summary>
    Mean,

    /// <summary>That of the first token. Of use in models whose first token sees the whole text only.</summary>
    First,

    /// <summary>That of the last token.</summary>
    Last,
}

/// <summary>Vectors, in the order of the inputs.</summary>
/// <param name="Vectors">One an input.</param>
/// <param name="Usage">Exact counts; nothing is generated.</param>
public sealed record EmbeddingResult(IReadOnlyList<ReadOnlyMemory<float>> Vectors, TokenUsage Usage);
