namespace Lazuli.Contracts;

/// <summary>What a generation says as it goes.</summary>
public abstract record GenerationEvent
{
    private GenerationEvent()
    {
    }

    /// <summary>More text of a choice: whole characters only, never part of a stop string.</summary>
    public sealed record TextDelta(int Choice, string Text) : GenerationEvent;

    /// <summary>A token was chosen; only where log-probabilities were asked for, before the text that it completes.</summary>
    public sealed record TokenChosen(int Choice, TokenLogProbability Token, IReadOnlyList<TokenLogProbability> Likeliest) : GenerationEvent;

    /// <summary>A choice ended.</summary>
    public sealed record ChoiceFinished(int Choice, FinishReason Reason) : GenerationEvent;

    /// <summary>All choices ended; exact counts.</summary>
    public sealed record Completed(TokenUsage Usage) : GenerationEvent;
}

/// <summary>Why a choice ended.</summary>
public enum FinishReason
{
    /// <summary>The model ended its turn, or a stop string appeared.</summary>
    Stop,

    /// <summary>The token limit or the context's end was reached.</summary>
    Length,
}

/// <summary>Exact token counts of a request.</summary>
/// <param name="PromptTokens">Tokens of the prompt.</param>
/// <param name="CompletionTokens">Tokens generated over all choices, the end mark included.</param>
/// <param name="CachedTokens">Prompt tokens that came from a cache.</param>
public readonly record struct TokenUsage(int PromptTokens, int CompletionTokens, int CachedTokens);
