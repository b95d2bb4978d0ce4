namespace Lazuli.Numerics;

/// <summary>Settings of one Muon pass. The update is scaled by <c>max(1, rows/columns)^½</c>.</summary>
/// <param name="LearningRate">Length of a step along each direction.</param>
/// <param name="Momentum">Decay of the running sum of gradients.</param>
/// <param name="WeightDecay">Decoupled: each pass shrinks the matrix by learning rate × this.</param>
/// <param name="Iterations">Newton–Schulz steps, from 1 to 10. Each multiplies small singular values by 3.4; five (Jordan 2024) bring those above 0.2 % of the Frobenius norm near 1, three those above 2 %.</param>
public readonly record struct MuonStep(float LearningRate, float Momentum, float WeightDecay, int Iterations = 5);
