using System.ComponentModel.DataAnnotations;

namespace Lazuli.Training;

/// <summary>The optimizer of a recipe. Only matrices decay, never gains or biases.</summary>
public sealed record OptimizerRecipe
{
    /// <summary>Which one.</summary>
    public OptimizerKind Kind { get; init; } = OptimizerKind.AdamW;

    /// <summary>Highest learning rate of AdamW.</summary>
    [Range(0.0, 10.0)]
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>Decay rate of AdamW's first moment.</summary>
    [Range(0.0, 0.999999)]
    public double Beta1 { get; init; } = 0.9;

    /// <summary>Decay rate of AdamW's second moment.</summary>
    [Range(0.0, 0.999999)]
    public double Beta2 { get; init; } = 0.95;

    /// <summary>Added to the root of AdamW's second moment.</summary>
    [Range(1e-30, 1.0)]
    public double Epsilon { get; init; } = 1e-8;

    /// <summary>Decoupled weight decay of AdamW: each step shrinks a matrix by learning rate × this.</summary>
    [Range(0.0, 10.0)]
    public double WeightDecay { get; init; } = 0.1;

    /// <summary>Highest learning rate of Muon.</summary>
    [Range(0.0, 10.0)]
    public double MuonLearningRate { get; init; } = 0.02;

    /// <summary>Momentum of Muon.</summary>
    [Range(0.0, 0.999999)]
    public double MuonMomentum { get; init; } = 0.95;

    /// <summary>Decoupled weight decay of Muon.</summary>
    [Range(0.0, 10.0)]
    public double MuonWeightDecay { get; init; } = 0.01;

    /// <summary>Newton–Schulz steps of Muon; fewer are cheaper and leave small directions of the gradient small.</summary>
    [Range(1, 10)]
    public int MuonIterations { get; init; } = 5;

    /// <summary>Longest gradient, as one vector over all parameters; longer ones are shortened to it. 0: no limit.</summary>
    [Range(0.0, 1e9)]
    public double ClipNorm { get; init; } = 1.0;

    /// <summary>What to do when a loss or gradient is not a number.</summary>
    public NonFiniteAction OnNonFinite { get; init; } = NonFiniteAction.Stop;
}
