namespace Lazuli.Models;

/// <summary>How the matrices of a GGUF file are stored. Vectors, norms and positions are always F32.</summary>
public enum GgufEncoding
{
    /// <summary>IEEE binary32: exact.</summary>
    F32,

    /// <summary>IEEE binary16, rounded to nearest, ties to even.</summary>
    F16,

    /// <summary>Blocks of 32 values: one binary16 scale and 32 signed bytes, 8.5 bits a weight. A matrix whose inputs are no multiple of 32 is stored as F16.</summary>
    Q8_0,
}
