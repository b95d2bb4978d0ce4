using Lazuli.Models;
using Lazuli.Numerics;

namespace Lazuli.Training;

/// <summary>A parameter's place in the flat buffers: its values and its gradient. Both "no buffer" where the family lacks it.</summary>
internal readonly record struct Parameter(DeviceBuffer Value, DeviceBuffer Gradient)
{
    /// <summary>Cuts a parameter out of the flat buffers; without <paramref name="gradients"/> the gradient is "no buffer".</summary>
    public static Parameter Of(ParameterInfo? info, DeviceBuffer parameters, DeviceBuffer gradients) => info is null
        ? default
        : new Parameter(
            parameters.Slice(info.Offset, info.Length),
            gradients.IsNone ? default : gradients.Slice(info.Offset, info.Length));
}
