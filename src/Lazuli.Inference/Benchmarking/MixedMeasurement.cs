namespace Lazuli.Inference;

/// <summary>Answers that run while a long prompt arrives.</summary>
/// <param name="Parallel">Answers that run.</param>
/// <param name="PromptTokens">Tokens of the prompt.</param>
/// <param name="InterTokenP50Seconds">Median time between two tokens of an answer while the prompt is fed.</param>
/// <param name="InterTokenP95Seconds">95th percentile of the same.</param>
/// <param name="InterTokenMaxSeconds">The longest.</param>
/// <param name="PrefillTokensPerSecond">Prompt tokens a second beside the answers, until the prompt's first token.</param>
/// <param name="SoloPrefillTokensPerSecond">The same prompt alone, right before.</param>
public sealed record MixedMeasurement(
    int Parallel,
    int PromptTokens,
    double InterTokenP50Seconds,
    double InterTokenP95Seconds,
    double InterTokenMaxSeconds,
    double PrefillTokensPerSecond,
    double SoloPrefillTokensPerSecond)
{
    /// <summary>How much of its own rate the prompt keeps beside the answers.</summary>
    public double ShareOfSolo => PrefillTokensPerSecond / SoloPrefillTokensPerSecond;
}
