namespace Lazuli.Contracts;

/// <summary>Runs one loaded model for many callers at once. Thread-safe. The gateway meets models only through this.</summary>
public interface IChatEngine : IAsyncDisposable
{
    /// <summary>Longest prompt plus answer, in tokens.</summary>
    int ContextLength { get; }

    /// <summary>Whether the model has a chat format; without one only text prompts are accepted.</summary>
    bool SupportsChat { get; }

    /// <summary>Requests that would wait if they came now.</summary>
    int QueuedRequests { get; }

    /// <summary>Whether a request of <paramref name="party"/> would be taken now. Of use to refuse before anything is held; it may be full again a moment later.</summary>
    bool HasRoom(ComputeParty? party);

    /// <summary>The exact number of prompt tokens, before anything runs.</summary>
    /// <exception cref="ArgumentException">The prompt cannot be rendered (unknown role).</exception>
    int CountPromptTokens(GenerationPrompt prompt);

    /// <summary>Generates choices for a prompt as a stream of events: any number of <see cref="GenerationEvent.TextDelta"/>, one <see cref="GenerationEvent.ChoiceFinished"/> a choice, and one <see cref="GenerationEvent.Completed"/> last.</summary>
    /// <remarks>Cancelling, or ending the enumeration, frees the slot within one step. Same prompt, settings and seed give the same text whatever else runs.</remarks>
    /// <exception cref="EngineRefusedException">The request cannot be run: too long, or the queue is full.</exception>
    IAsyncEnumerable<GenerationEvent> GenerateAsync(GenerationRequest request, CancellationToken cancellationToken);
}
