using Lazuli.Contracts;

namespace Lazuli.Inference;

/// <summary>A whole answer: every choice and the exact token counts.</summary>
public sealed record GenerationResult(IReadOnlyList<GeneratedChoice> Choices, TokenUsage Usage)
{
    /// <summary>Text of the first choice.</summary>
    public string Text => Choices[0].Text;
}

/// <summary>The text of one choice and why it ended.</summary>
public sealed record GeneratedChoice(string Text, FinishReason Reason);
