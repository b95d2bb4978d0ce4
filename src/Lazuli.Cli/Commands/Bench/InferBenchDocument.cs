using Lazuli.Inference;
using Lazuli.Numerics;

namespace Lazuli.Cli;

/// <summary>What <c>lazuli bench infer --json</c> prints.</summary>
/// <param name="Model">The model as it was asked for.</param>
/// <param name="Weights">How its weights are kept.</param>
/// <param name="Threads">Threads.</param>
/// <param name="PromptTokens">Tokens of the prompt.</param>
/// <param name="GeneratedTokens">Tokens decoded from an empty context.</param>
/// <param name="LoadSeconds">Seconds to open the weights.</param>
/// <param name="FirstTokenSeconds">Seconds from the prompt to the first logits.</param>
/// <param name="PeakResidentBytes">Largest resident memory of the process.</param>
/// <param name="Prefill">Prefill of the prompt.</param>
/// <param name="Decodes">Decoding, one a number of sequences.</param>
/// <param name="Mixed">Answers that run while a prompt arrives; null where that was not asked for.</param>
/// <param name="Limits">The machine's limits, measured in the same process afterwards.</param>
internal sealed record InferBenchDocument(
    string Model, string Weights, int Threads, int PromptTokens, int GeneratedTokens, double LoadSeconds, double FirstTokenSeconds, long PeakResidentBytes,
    InferenceMeasurement Prefill, IReadOnlyList<InferenceMeasurement> Decodes, MixedMeasurement? Mixed, MachineLimitsReport Limits)
{
    /// <summary>The int8 peak that these weights' products could reach, in 1e9 operations a second; 0 where they are floats.</summary>
    public double Int8PeakGops => Weights.StartsWith("Q8", StringComparison.Ordinal) ? Limits.Int8SignedDotGopsPerSecond : Weights.StartsWith('Q') ? Limits.Int8DotGopsPerSecond : 0;
}
