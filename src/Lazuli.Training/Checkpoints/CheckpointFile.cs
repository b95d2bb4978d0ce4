namespace Lazuli.Training;

/// <summary>One file of a checkpoint: little-endian 32-bit floats, its length in bytes, its SHA-256 in hexadecimal.</summary>
internal sealed record CheckpointFile(string Name, long Bytes, string Sha256);
