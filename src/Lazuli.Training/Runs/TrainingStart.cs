using Lazuli.Models;

namespace Lazuli.Training;

/// <summary>What a run is about to do.</summary>
/// <param name="Recipe">The resolved recipe.</param>
/// <param name="Model">The shape.</param>
/// <param name="Parameters">Number of parameters.</param>
/// <param name="TrainRows">Rows to train on.</param>
/// <param name="HeldOutRows">Rows held out.</param>
/// <param name="ResumedAtStep">Step of the checkpoint it goes on from; null at the beginning.</param>
/// <param name="PlannedSteps">Steps of the whole run; null while a time budget has not been turned into steps.</param>
/// <param name="EnergySource">How energy is known.</param>
public sealed record TrainingStart(
    Recipe Recipe, ModelConfig Model, long Parameters, long TrainRows, long HeldOutRows, long? ResumedAtStep, long? PlannedSteps, string EnergySource);
