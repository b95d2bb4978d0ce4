namespace Lazuli.Inference;

/// <summary>What an engine has done and holds. Read while it runs, each number is right for some moment of the current step.</summary>
/// <param name="RunningSequences">Choices that hold a slot.</param>
/// <param name="WaitingRequests">Requests of which no choice has started.</param>
/// <param name="FreePages">Key/value pages that no choice holds; some may keep prefixes until they are needed.</param>
/// <param name="TotalPages">Key/value pages.</param>
/// <param name="Steps">Steps since the start.</param>
/// <param name="PromptTokens">Prompt tokens fed since the start; what choices share counts once.</param>
/// <param name="GeneratedTokens">Tokens generated since the start.</param>
/// <param name="Preemptions">Times that a sequence lost its pages and had to be fed again.</param>
/// <param name="DraftedTokens">Guessed tokens that were fed along, see <see cref="InferenceOptions.Speculate"/>.</param>
/// <param name="AcceptedTokens">Those of them that turned out to be the tokens chosen.</param>
public readonly record struct EngineStatistics(
    int RunningSequences, int WaitingRequests, int FreePages, int TotalPages, long Steps, long PromptTokens, long GeneratedTokens, long Preemptions, long DraftedTokens, long AcceptedTokens);
