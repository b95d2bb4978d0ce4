using Lazuli.Models;
using Lazuli.Numerics;

namespace Lazuli.Training;

/// <summary>Last norm, output head and cross-entropy; all logits never exist at once.</summary>
internal sealed class HeadLayer
{
    private readonly IBackend _backend;
    private readonly StepScratch _scratch;
    private readonly LinearShape _shape;
    private readonly NormLayer _norm;
    private readonly Parameter _head;

    public HeadLayer(StepContext context, ParameterTable table)
    {
        _backend = context.Backend;
        _scratch = context.Scratch;
        ModelConfig model = context.Shape.Model;
        _shape = new LinearShape(context.Shape.Rows, model.Width, model.VocabularySize);
        _norm = context.Norm(table.FinalNorm, table.FinalNormBias);
        _head = context.Parameter(table.Head);
    }

    /// <summary>Writes each row's loss in nats (0 where the target is −1).</summary>
    public void Losses(DeviceBuffer x, DeviceBuffer targets, DeviceBuffer losses)
    {
        _norm.Forward(x);
        _backend.LinearCrossEntropy(_shape, _scratch.Normed, _head.Value, targets, losses, 1f, default, default);
    }

    /// <summary>As <see cref="Losses"/>, and sets the residual gradient to that of <c>gradientScale · Σ losses</c>.</summary>
    public void LossesAndGradients(DeviceBuffer x, DeviceBuffer targets, DeviceBuffer losses, float gradientScale)
    {
        _norm.Forward(x);
        _backend.LinearCrossEntropy(_shape, _scratch.Normed, _head.Value, targets, losses, gradientScale, _scratch.LastNormGradient, _head.Gradient);
        _backend.Fill(_scratch.ResidualGradient, 0f);
        _norm.Backward(x, _scratch.LastNormGradient);
    }
}
