namespace Lazuli.Cli;

/// <summary>One request of a load.</summary>
/// <param name="Prompt">Its text.</param>
/// <param name="MaxTokens">Most tokens of the answer.</param>
/// <param name="Temperature">Of sampling.</param>
/// <param name="Seed">Of sampling.</param>
internal sealed record LoadRequest(string Prompt, int MaxTokens, double Temperature, int Seed);
