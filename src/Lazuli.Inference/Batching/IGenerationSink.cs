using Lazuli.Contracts;

namespace Lazuli.Inference;

/// <summary>Takes what a job generates. Called by the scheduler's thread, so nothing in it may block.</summary>
internal interface IGenerationSink
{
    /// <summary>A token of a choice was chosen; only where log-probabilities were asked for, before its text.</summary>
    void Token(int choice, TokenLogProbability token, IReadOnlyList<TokenLogProbability> likeliest);

    /// <summary>More text of a choice; valid during the call.</summary>
    void Text(int choice, ReadOnlySpan<char> text);

    /// <summary>A choice ended.</summary>
    void ChoiceFinished(int choice, FinishReason reason);

    /// <summary>All choices ended.</summary>
    void Completed(TokenUsage usage);

    /// <summary>The job ended before its choices did.</summary>
    void Failed(Exception reason);
}
