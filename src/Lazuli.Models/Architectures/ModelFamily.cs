namespace Lazuli.Models;

/// <summary>The shapes of network this project trains and runs.</summary>
public enum ModelFamily
{
    /// <summary>RMSNorm, rotary positions, SwiGLU, grouped-query attention, no biases (Touvron et al. 2023).</summary>
    Llama,

    /// <summary>LayerNorm, learned positions, GELU (tanh), biases everywhere, tied head (Radford et al. 2019).</summary>
    Gpt2,
}
