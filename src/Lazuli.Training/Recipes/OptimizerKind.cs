namespace Lazuli.Training;

/// <summary>How parameters are moved.</summary>
public enum OptimizerKind
{
    /// <summary>AdamW on everything (Loshchilov and Hutter 2019).</summary>
    AdamW,

    /// <summary>Muon (momentum orthogonalised by Newton–Schulz steps, Jordan 2024) on the hidden matrices, AdamW on the rest.</summary>
    Muon,
}
