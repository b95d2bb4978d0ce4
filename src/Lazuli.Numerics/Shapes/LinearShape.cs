namespace Lazuli.Numerics;

/// <summary>A linear layer: R rows, In inputs, Out outputs.</summary>
public readonly record struct LinearShape(int Rows, int In, int Out);
