namespace Lazuli.Contracts;

/// <summary>Says how likely a model holds texts that somebody else wrote. Thread-safe.</summary>
public interface IScoringEngine
{
    /// <summary>Scores continuations of one prompt, which is fed once. Bits do not depend on what runs beside it.</summary>
    /// <exception cref="EngineRefusedException">Prompt and a continuation do not fit the context, the queue is full, or a token has no probability since the tokenizer lacks it.</exception>
    /// <exception cref="ArgumentException">There is nothing to score, or an id lies outside the vocabulary.</exception>
    /// <exception cref="InvalidOperationException">The model gives no finite numbers.</exception>
    Task<ScoreResult> ScoreAsync(ScoreRequest request, CancellationToken cancellationToken);
}
