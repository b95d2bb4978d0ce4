using Lazuli.Models;
using Lazuli.Numerics;

namespace Lazuli.Training;

/// <summary>The parameters as they are between two steps. Valid during the call that hands it over, or until the trainer runs on or is disposed.</summary>
public sealed class ModelSnapshot
{
    private readonly IBackend _backend;
    private readonly DeviceBuffer _parameters;

    internal ModelSnapshot(IBackend backend, ParameterTable table, DeviceBuffer parameters, long step)
    {
        _backend = backend;
        _parameters = parameters;
        Table = table;
        Step = step;
    }

    /// <summary>Shape of the model.</summary>
    public ModelConfig Model => Table.Config;

    /// <summary>Where parameters lie; the same for everybody with this shape.</summary>
    public ParameterTable Table { get; }

    /// <summary>Steps done.</summary>
    public long Step { get; }

    /// <summary>Copies a parameter's values to <paramref name="destination"/>; fits <see cref="ParameterSource"/>.</summary>
    public void Read(ParameterInfo parameter, Span<float> destination) =>
        _backend.Download(_parameters.Slice(parameter.Offset, parameter.Length), destination);
}
