using Lazuli.Contracts;

namespace Lazuli.Gateway;

/// <summary>A decision's reasons, for programs and for people.</summary>
public sealed record ExplanationText(GrantExplanation Explanation, string Text);
