using Lazuli.Contracts;

namespace Lazuli.Gateway;

/// <summary>A whole choice; <paramref name="Tokens"/> where log-probabilities were asked for.</summary>
internal sealed record ChoiceText(string Text, FinishReason Reason, IReadOnlyList<GenerationEvent.TokenChosen>? Tokens);
