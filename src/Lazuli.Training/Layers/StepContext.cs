using Lazuli.Models;
using Lazuli.Numerics;

namespace Lazuli.Training;

/// <summary>What layers are built from: backend, arena, shape, shared scratch, the first token each token sees ("no buffer" for all), and the flat buffers their parameters are cut from.</summary>
internal sealed record StepContext(
    IBackend Backend, DeviceArena Arena, StepShape Shape, StepScratch Scratch, RotaryPositions? Rotary, DeviceBuffer FirstKeys, DeviceBuffer Parameters, DeviceBuffer Gradients)
{
    public Parameter Parameter(ParameterInfo? info) => Training.Parameter.Of(info, Parameters, Gradients);

    public NormLayer Norm(ParameterInfo gain, ParameterInfo? bias) => new(Backend, Shape.Model, Parameter(gain), Parameter(bias), Scratch);

    public LinearLayer Linear(ParameterInfo weight, ParameterInfo? bias) =>
        new(Backend, new LinearShape(Shape.Rows, weight.Columns, weight.Rows), Parameter(weight), Parameter(bias));
}
