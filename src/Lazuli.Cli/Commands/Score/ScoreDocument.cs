namespace Lazuli.Cli;

/// <summary>What <c>lazuli score --json</c> prints.</summary>
/// <param name="Tokens">Tokens of the prompt once, and of all continuations.</param>
/// <param name="Scores">One a continuation, in their order.</param>
internal sealed record ScoreDocument(int Tokens, IReadOnlyList<ScoredText> Scores);

/// <summary>A continuation's score.</summary>
/// <param name="Text">The continuation.</param>
/// <param name="LogProbability">Natural logarithm of its probability after the prompt.</param>
/// <param name="IsGreedy">Whether the model would have written it, taking the likeliest token each time.</param>
/// <param name="Tokens">Its tokens.</param>
internal sealed record ScoredText(string Text, double LogProbability, bool IsGreedy, IReadOnlyList<ScoredTextToken> Tokens);

/// <summary>A token of a continuation; without a probability where nothing precedes it.</summary>
internal sealed record ScoredTextToken(int Id, string Text, double? LogProbability, bool IsGreedy);
