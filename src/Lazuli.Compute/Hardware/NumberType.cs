namespace Lazuli.Compute;

/// <summary>Types of number that a device multiplies, as its data sheet lists peaks for them.</summary>
public enum NumberType
{
    /// <summary>IEEE single precision.</summary>
    Fp32,

    /// <summary>NVIDIA's 19-bit format: the range of fp32, the precision of fp16.</summary>
    Tf32,

    /// <summary>IEEE half precision.</summary>
    Fp16,

    /// <summary>bfloat16.</summary>
    Bf16,

    /// <summary>Eight-bit floating point.</summary>
    Fp8,

    /// <summary>Eight-bit integers.</summary>
    Int8,
}
