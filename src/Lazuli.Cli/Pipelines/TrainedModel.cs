using Lazuli.Contracts;
using Lazuli.Training;

namespace Lazuli.Cli;

/// <summary>How a run ended, and the version it made when it was completed.</summary>
/// <param name="Result">Figures.</param>
/// <param name="Untrained">Held-out loss before the first step, where it was measured in this sitting.</param>
/// <param name="Model">The version; null for a run that was stopped.</param>
internal sealed record TrainedModel(TrainingResult Result, EvaluationMetrics? Untrained, ModelVersion? Model);
