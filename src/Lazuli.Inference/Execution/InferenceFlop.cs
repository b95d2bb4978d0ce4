using Lazuli.Models;

namespace Lazuli.Inference;

/// <summary>Operations of a forward pass, by formula: <c>2·N + 4·L·H·D·(p + 1)</c> for a token at position p, and <c>2·V·C</c> where its logits are wanted.</summary>
/// <remarks>
/// N: weights of all matrix products but the head; the embedding's look-up is none. L layers, H heads of D. An addition and a multiplication count each.
/// It is training's convention for the forward pass alone. Source of the terms: Chowdhery et al. 2022 (PaLM), appendix B.
/// </remarks>
internal readonly struct InferenceFlop
{
    private readonly double _perToken;
    private readonly double _perPosition;

    public InferenceFlop(ModelConfig model)
    {
        var table = new ParameterTable(model);
        _perToken = 2.0 * table.All.Where(p => p.Role == ParameterRole.HiddenMatrix).Sum(p => p.Length);
        _perPosition = 4.0 * model.Layers * model.Heads * model.HeadSize;
        Head = 2.0 * table.Head.Length;
    }

    /// <summary>FLOP of the head for one token.</summary>
    public double Head { get; }

    /// <summary>FLOP of the token at <paramref name="position"/>, from 0, up to the head.</summary>
    public double At(int position) => _perToken + (_perPosition * (position + 1));
}
