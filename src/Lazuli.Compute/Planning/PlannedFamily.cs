namespace Lazuli.Compute;

/// <summary>Kinds of block that the planner knows; named as in a recipe.</summary>
public enum PlannedFamily
{
    /// <summary>RMSNorm, rotary positions, SwiGLU, grouped queries, no biases.</summary>
    Llama,

    /// <summary>LayerNorm, learned positions, GELU, biases, tied head.</summary>
    Gpt2,
}
