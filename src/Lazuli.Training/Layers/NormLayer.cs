using Lazuli.Models;
using Lazuli.Numerics;

namespace Lazuli.Training;

/// <summary>The norm before a part of a block: RMSNorm for Llama, layer normalisation for GPT-2.</summary>
/// <remarks>Its output and statistics are not kept: the backward pass runs <see cref="Forward"/> again on the kept input, which costs one pass over [R, C] and saves [R, C] a norm.</remarks>
internal sealed class NormLayer(IBackend backend, ModelConfig model, Parameter gain, Parameter bias, StepScratch scratch)
{
    private readonly bool _centred = model.Family == ModelFamily.Gpt2;

    /// <summary>Writes the normalised <paramref name="x"/> to <see cref="StepScratch.Normed"/>.</summary>
    public void Forward(DeviceBuffer x)
    {
        if (_centred)
        {
            backend.LayerNorm(model.Width, model.NormEpsilon, x, gain.Value, bias.Value, scratch.Normed, scratch.Mean, scratch.ReciprocalDeviation);
        }
        else
        {
            backend.RmsNorm(model.Width, model.NormEpsilon, x, gain.Value, scratch.Normed, scratch.ReciprocalDeviation);
        }
    }

    /// <summary>Adds to the residual gradient what flows through this norm. Statistics are those of the last <see cref="Forward"/>, which must have been of the same <paramref name="x"/>.</summary>
    /// <param name="x">The input of the forward pass.</param>
    /// <param name="dy">Gradient of the output.</param>
    public void Backward(DeviceBuffer x, DeviceBuffer dy)
    {
        if (_centred)
        {
            backend.LayerNormBackward(
                model.Width, x, gain.Value, scratch.Mean, scratch.ReciprocalDeviation, dy, scratch.ResidualGradient, gain.Gradient, bias.Gradient);
        }
        else
        {
            backend.RmsNormBackward(model.Width, x, gain.Value, scratch.ReciprocalDeviation, dy, scratch.ResidualGradient, gain.Gradient);
        }
    }
}
