namespace Lazuli.Compute;

/// <summary>What serving took.</summary>
public sealed record ServingAccount
{
    /// <summary>Requests that ended.</summary>
    public required long Requests { get; init; }

    /// <summary>Prompt tokens fed.</summary>
    public required long PromptTokens { get; init; }

    /// <summary>Tokens generated.</summary>
    public required long GeneratedTokens { get; init; }

    /// <summary>FLOP, device-hours, energy, cost.</summary>
    public required WorkAccount Work { get; init; }

    /// <summary>Money for a million generated tokens, their prompts included; null without tokens or prices.</summary>
    public required decimal? CostPerMillionGeneratedTokens { get; init; }

    internal static ServingAccount Sum(IReadOnlyCollection<ServingAccount> parts, ComputeRates rates) => Make(
        parts.Sum(p => p.Requests), parts.Sum(p => p.PromptTokens), parts.Sum(p => p.GeneratedTokens), WorkAccount.Sum([.. parts.Select(p => p.Work)], rates), rates);

    internal static ServingAccount Make(long requests, long promptTokens, long generatedTokens, WorkAccount work, ComputeRates rates) => new()
    {
        Requests = requests,
        PromptTokens = promptTokens,
        GeneratedTokens = generatedTokens,
        Work = work,
        CostPerMillionGeneratedTokens = rates.CostPerMillion(work, generatedTokens),
    };
}
