namespace Lazuli.Cli;

/// <summary>What kind of requests a load is made of.</summary>
/// <param name="PromptTokens">Lengths of prompts wanted; the server's own counts are what is reported.</param>
/// <param name="MaxTokens">Limits of answers.</param>
/// <param name="SharedPrefix">Share of each prompt, from its beginning, that all prompts have in common; 0 to 1.</param>
/// <param name="Temperature">Of sampling.</param>
/// <param name="Seed">Decides lengths, words, seeds of sampling and times of arrival.</param>
internal sealed record LoadShape(TokenRange PromptTokens, TokenRange MaxTokens, double SharedPrefix, double Temperature, int Seed);
