using Lazuli.Models;

namespace Lazuli.Training;

/// <summary>Floating-point operations of training by formula, a multiply and an add counted as two.</summary>
/// <remarks>
/// A token: <c>6·N + 6·L·C·T</c>, N the weights of all matrix products (a tied head once, look-ups and positions not counted), C = heads × head size, T the
/// sequence length. Three times the forward pass; causal attention counts at half of the square. Recomputation counts for nothing, and the head (6·V·C) only where a token has a target. (Kaplan et al. 2020,
/// Chowdhery et al. 2022 appendix B, who count the whole square: 12·L·C·T.)
/// </remarks>
public static class TrainingFlop
{
    /// <summary>Name of the convention, stored with every share of the peak.</summary>
    public const string Convention = "causal-half: 6N + 6·L·C·T a token; the head only where a token has a target";

    /// <summary>Weights of all matrix products of a forward pass.</summary>
    public static long MatrixWeights(ModelConfig model)
    {
        var table = new ParameterTable(model);
        return table.All.Where(p => p.Role == ParameterRole.HiddenMatrix).Sum(p => p.Length) + table.Head.Length;
    }

    /// <summary>FLOP that a token without a target saves: the head runs on tokens with targets only.</summary>
    public static double HeadPerToken(ModelConfig model) => 6.0 * new ParameterTable(model).Head.Length;

    /// <summary>FLOP to train on one token in sequences of <paramref name="time"/>.</summary>
    public static double PerToken(ModelConfig model, int time) =>
        (6.0 * MatrixWeights(model)) + (6.0 * model.Layers * model.Heads * model.HeadSize * time);
}
