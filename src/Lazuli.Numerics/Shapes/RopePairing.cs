namespace Lazuli.Numerics;

/// <summary>How rotary pairs lie in a head.</summary>
public enum RopePairing
{
    /// <summary>(j, j + D/2): Hugging Face Llama, GPT-NeoX, Qwen.</summary>
    Halves,

    /// <summary>(2j, 2j+1): the original paper, llama.cpp's "NORM".</summary>
    Interleaved,
}
