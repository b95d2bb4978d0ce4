namespace Lazuli.Contracts;

/// <summary>Tokens of a request as they are charged: blocked tokens and rejected guesses are not among them.</summary>
/// <param name="Prompt">Prompt tokens, cached ones included.</param>
/// <param name="Cached">Of these, found in the cache.</param>
/// <param name="Completion">Generated tokens of all choices.</param>
public readonly record struct ChargedTokens(long Prompt, long Cached, long Completion);
