namespace Lazuli.Cli;

/// <summary>What a customer saw of a call.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="UsageId">Id under which its usage is metered; empty where nothing was.</param>
/// <param name="PromptTokens">As the answer says.</param>
/// <param name="CompletionTokens">As the answer says.</param>
/// <param name="Refusal">Why it was refused; empty when it was answered.</param>
internal sealed record DemoCall(int Status, string UsageId, long PromptTokens, long CompletionTokens, string Refusal);
