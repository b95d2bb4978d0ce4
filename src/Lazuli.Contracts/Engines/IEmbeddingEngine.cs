namespace Lazuli.Contracts;

/// <summary>Turns texts into vectors whose nearness is nearness of meaning, as far as the model has learnt that. Thread-safe.</summary>
public interface IEmbeddingEngine
{
    /// <summary>Numbers of a vector.</summary>
    int EmbeddingWidth { get; }

    /// <summary>Whether the beginning of a vector is a vector too: the model was trained so (Kusupati et al. 2022) and its files say it.</summary>
    bool CanShortenEmbeddings { get; }

    /// <summary>Longest input, in tokens.</summary>
    int ContextLength { get; }

    /// <summary>The exact number of tokens of an input.</summary>
    /// <exception cref="ArgumentException">The input is empty or has an id outside the vocabulary.</exception>
    int CountInputTokens(GenerationPrompt input);

    /// <summary>Vectors of length 1, one an input, in their order. An input's bits do not depend on what runs beside it.</summary>
    /// <exception cref="EngineRefusedException">An input is too long, the queue is full, or the vectors of this model cannot be shortened.</exception>
    /// <exception cref="ArgumentException">A setting is out of range, or an input is empty, a dialogue, or has an id outside the vocabulary.</exception>
    Task<EmbeddingResult> EmbedAsync(EmbeddingRequest request, CancellationToken cancellationToken);
}
