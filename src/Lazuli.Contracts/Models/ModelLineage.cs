namespace Lazuli.Contracts;

/// <summary>Where a model version came from.</summary>
/// <param name="Model">The version.</param>
/// <param name="Run">The run that made it; null for an import.</param>
/// <param name="DataSets">What it was trained on, in the order it was registered with.</param>
public sealed record ModelLineage(ModelVersion Model, RunRecord? Run, IReadOnlyList<DataSetVersion> DataSets);
