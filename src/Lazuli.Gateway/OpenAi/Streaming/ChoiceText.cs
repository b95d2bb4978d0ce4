using Lazuli.Contracts;

namespace Lazuli.Gateway;

/// <summary>A whole choice.</summary>
internal sealed record ChoiceText(string Text, FinishReason Reason);
