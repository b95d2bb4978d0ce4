namespace Lazuli.Models;

/// <summary>What a parameter is for; optimizers and file formats decide by it.</summary>
public enum ParameterRole
{
    /// <summary>Token embedding [V, C].</summary>
    TokenEmbedding,

    /// <summary>Learned position embedding [T, C].</summary>
    PositionEmbedding,

    /// <summary>Weight of a linear layer inside a block [out, in].</summary>
    HiddenMatrix,

    /// <summary>Untied output head [V, C].</summary>
    Head,

    /// <summary>Gain of a norm [C].</summary>
    NormGain,

    /// <summary>Bias of a norm or a linear layer.</summary>
    Bias,
}
