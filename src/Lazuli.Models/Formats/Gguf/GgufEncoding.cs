namespace Lazuli.Models;

/// <summary>How the matrices of a GGUF file are stored. Vectors, norms and positions are always F32.</summary>
/// <remarks>The block formats mix as llama.cpp's quantiser does: the output matrix (the embedding, when tied) is finer than the rest. Rows that no block divides fall back to Q8_0, then to F16.</remarks>
public enum GgufEncoding
{
    /// <summary>IEEE binary32: exact.</summary>
    F32,

    /// <summary>IEEE binary16, rounded to nearest, ties to even.</summary>
    F16,

    /// <summary>Blocks of 32 values: one binary16 scale and 32 signed bytes, 8.5 bits a weight.</summary>
    Q8_0,

    /// <summary>Blocks of 32 values in four bits with one scale, 4.5 bits a weight; output in Q6_K.</summary>
    Q4_0,

    /// <summary>Q4_K, about 4.8 bits a weight; output, and half of the value and down projections, in Q6_K.</summary>
    Q4_K_M,

    /// <summary>Q5_K, about 5.7 bits a weight; output, and half of the value and down projections, in Q6_K.</summary>
    Q5_K_M,

    /// <summary>Q6_K, 6.6 bits a weight.</summary>
    Q6_K,

    /// <summary>The upper half of binary32, rounded to nearest, ties to even: its range with 8 bits of mantissa.</summary>
    BF16,
}
