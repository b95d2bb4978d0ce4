using Lazuli.Contracts;

namespace Lazuli.Cli;

/// <summary>What came of the quickstart's sample of licences and money: seen, not told in advance.</summary>
/// <param name="Customer">The sample customer.</param>
/// <param name="UsageId">Names the metered use of the call that was allowed.</param>
/// <param name="PromptTokens">What it took.</param>
/// <param name="CompletionTokens">What it took.</param>
/// <param name="Charge">What it came to.</param>
/// <param name="RefusedStatus">How the other call was answered.</param>
/// <param name="Refusal">Why.</param>
internal sealed record SampleSession(PartyId Customer, string UsageId, long PromptTokens, long CompletionTokens, string Charge, int RefusedStatus, string Refusal);
