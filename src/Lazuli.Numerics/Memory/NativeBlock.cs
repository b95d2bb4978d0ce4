namespace Lazuli.Numerics;

/// <summary>A stretch of native memory: what was mapped, and the aligned part in use.</summary>
internal readonly record struct NativeBlock(nint MappedStart, nint Start, long MappedBytes, long Bytes);
