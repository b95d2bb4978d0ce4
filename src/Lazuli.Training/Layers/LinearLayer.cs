using Lazuli.Numerics;

namespace Lazuli.Training;

/// <summary>A linear layer <c>y = x·Wᵀ (+ b)</c> and its gradients.</summary>
internal sealed class LinearLayer(IBackend backend, LinearShape shape, Parameter weight, Parameter bias)
{
    /// <summary><c>y = x·Wᵀ + b</c>, or <c>y +=</c>, which is the residual add.</summary>
    public void Forward(DeviceBuffer x, DeviceBuffer y, bool accumulate = false) =>
        backend.Linear(shape, x, weight.Value, bias.Value, y, accumulate);

    /// <summary>Adds the gradients of weight and bias.</summary>
    public void BackwardWeight(DeviceBuffer dy, DeviceBuffer x) =>
        backend.LinearBackwardWeight(shape, dy, x, weight.Gradient, bias.Gradient);

    /// <summary><c>dx = dy·W</c>.</summary>
    public void BackwardInput(DeviceBuffer dy, DeviceBuffer dx) =>
        backend.LinearBackwardInput(shape, dy, weight.Value, dx);
}
