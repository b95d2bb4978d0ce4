using Lazuli.Models;

namespace Lazuli.Inference;

/// <summary>Operations of a forward pass, by formula: <c>2·N + 4·L·H·D·(p + 1)</c> for a token at position p.</summary>
/// <remarks>
/// N: weights of all matrix products, the head among them; the embedding's look-up is none. L layers, H heads of D. An addition and a multiplication count each.
/// These are the model's operations: the head counts for prompt tokens too, whose logits this engine does not compute. Summed over a text it is a third of training's causal-half convention.
/// Source of the terms: Chowdhery et al. 2022 (PaLM), appendix B.
/// </remarks>
internal readonly struct InferenceFlop
{
    private readonly double _perToken;
    private readonly double _perPosition;

    public InferenceFlop(ModelConfig model)
    {
        var table = new ParameterTable(model);
        long weights = table.All.Where(p => p.Role == ParameterRole.HiddenMatrix).Sum(p => p.Length) + table.Head.Length;
        _perToken = 2.0 * weights;
        _perPosition = 4.0 * model.Layers * model.Heads * model.HeadSize;
    }

    /// <summary>FLOP of the token at <paramref name="position"/>, from 0.</summary>
    public double At(int position) => _perToken + (_perPosition * (position + 1));
}
