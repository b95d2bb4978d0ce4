namespace Lazuli.Numerics;

/// <summary>The widest instructions the backend uses. Bits of results may differ between tiers, never inside one; checkpoints record it.</summary>
public enum InstructionTier
{
    /// <summary>No vector instructions relied on; correct and slow.</summary>
    Portable = 0,

    /// <summary>AVX2 with FMA (x86-64-v3): the floor for speed.</summary>
    Avx2 = 1,

    /// <summary>AVX-512 F/BW/DQ/VL.</summary>
    Avx512 = 2,

    /// <summary>Arm64 Advanced SIMD.</summary>
    AdvSimd = 3,
}
