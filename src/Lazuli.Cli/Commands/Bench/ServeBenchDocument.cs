namespace Lazuli.Cli;

/// <summary>What <c>lazuli bench serve --json</c> prints.</summary>
/// <param name="Server">Base address of the API; null for a server that was started for it.</param>
/// <param name="Model">The model as it was asked for.</param>
/// <param name="Route">Path of the requests.</param>
/// <param name="PromptTokens">Lengths of prompts that were aimed at.</param>
/// <param name="MaxTokens">Limits of answers.</param>
/// <param name="SharedPrefix">Share of each prompt that all have in common.</param>
/// <param name="RatePerSecond">Requests that fall due in a second; null when each client sent one after another.</param>
/// <param name="Seed">Seed of the load.</param>
/// <param name="Interrupted">Whether the user ended it early.</param>
/// <param name="Levels">One a number of clients.</param>
internal sealed record ServeBenchDocument(
    string? Server, string Model, string Route, string PromptTokens, string MaxTokens, double SharedPrefix, double? RatePerSecond, int Seed, bool Interrupted, IReadOnlyList<ServeBenchLevel> Levels);

/// <summary>One level of concurrency.</summary>
/// <param name="Measured">What the clients saw.</param>
/// <param name="Engine">What the engine did; null where it is not in this process.</param>
internal sealed record ServeBenchLevel(LoadMeasurement Measured, EngineShare? Engine);
