namespace Lazuli.Gateway;

/// <summary>Body of a request that tells a model's training compute, FLOP.</summary>
public sealed record ComputeSet(double Flop);
