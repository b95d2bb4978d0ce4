using Lazuli.Models;
using Lazuli.Numerics;

namespace Lazuli.Training;

/// <summary>Norm, projection to queries, keys and values, positions, causal attention, and projection back onto the residual stream.</summary>
/// <remarks>Keeps for the backward pass: qkv after rotation [R, (H+2G)·D], attention's output [R, H·D] and its log-sum-exp [B·H·T].</remarks>
internal sealed class AttentionLayer
{
    private readonly IBackend _backend;
    private readonly StepScratch _scratch;
    private readonly StepShape _shape;
    private readonly AttentionShape _attention;
    private readonly RotaryPositions? _rotary;
    private readonly DeviceBuffer _firstKeys;
    private readonly NormLayer _norm;
    private readonly LinearLayer _qkvProjection;
    private readonly LinearLayer _outProjection;
    private readonly DeviceBuffer _qkv;
    private readonly DeviceBuffer _y;
    private readonly DeviceBuffer _logSumExp;

    public AttentionLayer(StepContext context, BlockParameters block)
    {
        _backend = context.Backend;
        _scratch = context.Scratch;
        _shape = context.Shape;
        _rotary = context.Rotary;
        _firstKeys = context.FirstKeys;
        ModelConfig model = _shape.Model;
        _attention = new AttentionShape(_shape.Batch, _shape.Time, model.Heads, model.KeyValueHeads, model.HeadSize);
        _norm = context.Norm(block.AttentionNorm, block.AttentionNormBias);
        _qkvProjection = context.Linear(block.Qkv, block.QkvBias);
        _outProjection = context.Linear(block.AttentionOut, block.AttentionOutBias);
        _qkv = context.Arena.Floats((long)_shape.Rows * _shape.QkvWidth);
        _y = context.Arena.Floats((long)_shape.Rows * _shape.AttentionWidth);
        _logSumExp = context.Arena.Floats((long)_shape.Rows * model.Heads);
    }

    /// <summary><paramref name="output"/> = <paramref name="input"/> + attention(norm(input)).</summary>
    public void Forward(DeviceBuffer input, DeviceBuffer output)
    {
        _norm.Forward(input);
        _qkvProjection.Forward(_scratch.Normed, _qkv);
        _rotary?.Rotate(_qkv, inverse: false);
        _backend.CausalAttention(_attention, _qkv, _y, _logSumExp, _firstKeys);
        _backend.Copy(input, output);
        _outProjection.Forward(_y, output, accumulate: true);
    }

    /// <summary>Turns the residual gradient of the output into that of <paramref name="input"/>, and adds the parameters' gradients.</summary>
    public void Backward(DeviceBuffer input)
    {
        DeviceBuffer dOutput = _scratch.ResidualGradient;
        _outProjection.BackwardWeight(dOutput, _y);
        _outProjection.BackwardInput(dOutput, _scratch.AttentionGradient);
        _backend.CausalAttentionBackward(_attention, _qkv, _y, _logSumExp, _scratch.AttentionGradient, _scratch.QkvGradient, _firstKeys);
        _rotary?.Rotate(_scratch.QkvGradient, inverse: true);
        _norm.Forward(input);
        _qkvProjection.BackwardWeight(_scratch.QkvGradient, _scratch.Normed);
        _qkvProjection.BackwardInput(_scratch.QkvGradient, _scratch.Normed); // the norm's output is used up: its gradient takes its place
        _norm.Backward(input, _scratch.Normed);
    }
}
