namespace Lazuli.Models;

/// <summary>The kinds of block this project knows.</summary>
public enum ModelFamily
{
    /// <summary>RMSNorm, rotary positions, SwiGLU, grouped-query attention, no biases (Touvron et al. 2023). With biases on query, key and value it is Qwen 2, with norms on query and key heads Qwen 3.</summary>
    Llama,

    /// <summary>LayerNorm, learned positions, GELU (tanh), biases everywhere, tied head (Radford et al. 2019).</summary>
    Gpt2,
}
