using Lazuli.Models;
using Lazuli.Numerics;

namespace Lazuli.Training;

/// <summary>Norm, first product, activation (SwiGLU or GELU) and projection back onto the residual stream.</summary>
/// <remarks>Keeps the first product only; the activation is computed again in the backward pass. The backward pass overwrites what was kept.</remarks>
internal sealed class FeedForwardLayer
{
    private readonly IBackend _backend;
    private readonly StepScratch _scratch;
    private readonly ModelConfig _model;
    private readonly NormLayer _norm;
    private readonly LinearLayer _in;
    private readonly LinearLayer _out;
    private readonly DeviceBuffer _product;

    public FeedForwardLayer(StepContext context, BlockParameters block)
    {
        _backend = context.Backend;
        _scratch = context.Scratch;
        _model = context.Shape.Model;
        _norm = context.Norm(block.FeedForwardNorm, block.FeedForwardNormBias);
        _in = context.Linear(block.FeedForwardIn, block.FeedForwardInBias);
        _out = context.Linear(block.FeedForwardOut, block.FeedForwardOutBias);
        _product = context.Arena.Floats((long)context.Shape.Rows * context.Shape.FeedForwardInWidth);
    }

    /// <summary><paramref name="output"/> = <paramref name="input"/> + feedForward(norm(input)).</summary>
    public void Forward(DeviceBuffer input, DeviceBuffer output)
    {
        _norm.Forward(input);
        _in.Forward(_scratch.Normed, _product);
        Activate();
        _backend.Copy(input, output);
        _out.Forward(_scratch.Hidden, output, accumulate: true);
    }

    /// <summary>Turns the residual gradient of the output into that of <paramref name="input"/>, and adds the parameters' gradients.</summary>
    public void Backward(DeviceBuffer input)
    {
        DeviceBuffer dOutput = _scratch.ResidualGradient;
        Activate();
        _out.BackwardWeight(dOutput, _scratch.Hidden);
        _out.BackwardInput(dOutput, _scratch.Hidden); // the activation is used up: its gradient takes its place
        if (_model.Family == ModelFamily.Llama)
        {
            _backend.SwiGluBackward(_model.FeedForwardWidth, _product, _scratch.Hidden, _product);
        }
        else
        {
            _backend.GeluBackward(_product, _scratch.Hidden, _product);
        }

        _norm.Forward(input);
        _in.BackwardWeight(_product, _scratch.Normed);
        _in.BackwardInput(_product, _scratch.Normed);
        _norm.Backward(input, _scratch.Normed);
    }

    private void Activate()
    {
        if (_model.Family == ModelFamily.Llama)
        {
            _backend.SwiGlu(_model.FeedForwardWidth, _product, _scratch.Hidden);
        }
        else
        {
            _backend.Gelu(_product, _scratch.Hidden);
        }
    }
}
