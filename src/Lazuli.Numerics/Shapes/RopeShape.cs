namespace Lazuli.Numerics;

/// <summary>Rows of a matrix of heads: row stride in floats, head size, pairing.</summary>
public readonly record struct RopeShape(int Rows, int RowStride, int HeadSize, RopePairing Pairing);
