namespace Lazuli.Numerics;

/// <summary>Settings of one Muon pass. The update is scaled by <c>max(1, rows/columns)^½</c>.</summary>
public readonly record struct MuonStep(float LearningRate, float Momentum, float WeightDecay);
