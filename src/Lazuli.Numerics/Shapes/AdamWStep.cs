namespace Lazuli.Numerics;

/// <summary>Settings of one AdamW pass; <paramref name="Step"/> counts from 1.</summary>
public readonly record struct AdamWStep(float LearningRate, float Beta1, float Beta2, float Epsilon, float WeightDecay, long Step);
