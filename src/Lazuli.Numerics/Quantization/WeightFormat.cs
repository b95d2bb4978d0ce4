namespace Lazuli.Numerics;

/// <summary>How the weights of a matrix are stored. Names and byte layouts are GGML's, so that rows of a GGUF file are used as they lie.</summary>
/// <remarks>Halves below are IEEE binary16. Letters: q stored integer, d and m halves, s small integers of a block.</remarks>
public enum WeightFormat : byte
{
    /// <summary>IEEE binary32.</summary>
    F32 = 0,

    /// <summary>IEEE binary16.</summary>
    F16 = 1,

    /// <summary>The upper half of binary32.</summary>
    BF16 = 2,

    /// <summary>32 weights <c>d·q</c>: d, then 32 signed bytes.</summary>
    Q8_0 = 3,

    /// <summary>32 weights <c>d·(q − 8)</c>: d, then 16 bytes; byte i holds weight i in its low and weight i + 16 in its high four bits.</summary>
    Q4_0 = 4,

    /// <summary>256 weights <c>d·s·q − m·t</c> in 8 blocks of 32: d, m, 12 bytes of 6-bit s and t, 128 bytes of 4-bit q.</summary>
    Q4_K = 5,

    /// <summary>As <see cref="Q4_K"/> with fifth bits: d, m, 12 bytes of s and t, 32 bytes of fifth bits, 128 bytes of low four.</summary>
    Q5_K = 6,

    /// <summary>256 weights <c>d·s·(q − 32)</c> in 16 blocks of 16: 128 bytes of low four bits, 64 of high two, 16 signed s, then d.</summary>
    Q6_K = 7,

    /// <summary>32 weights <c>d·q + m</c>: d, m, then 16 bytes of 4-bit q as in <see cref="Q4_0"/>.</summary>
    Q4_1 = 8,

    /// <summary>32 weights <c>d·(q − 16)</c>: d, 4 bytes of fifth bits (bit i of weight i), then 16 bytes of low four as in <see cref="Q4_0"/>.</summary>
    Q5_0 = 9,

    /// <summary>32 weights <c>d·q + m</c>: d, m, 4 bytes of fifth bits, 16 bytes of low four.</summary>
    Q5_1 = 10,
}
