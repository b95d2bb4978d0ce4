using Lazuli.Models;
using Lazuli.Numerics;

namespace Lazuli.Inference;

/// <summary>Brings parameters to the device one by one, so that loading needs room for one plain matrix beside the packed weights.</summary>
internal sealed class WeightLoader : IDisposable
{
    private readonly IBackend _backend;
    private readonly DeviceArena _arena;
    private readonly DeviceArena _staging;
    private readonly ParameterSource _source;
    private readonly float[] _host;

    public WeightLoader(IBackend backend, DeviceArena arena, ParameterTable parameters, ParameterSource source)
    {
        _backend = backend;
        _arena = arena;
        _source = source;
        Parameters = parameters;
        _staging = backend.CreateArena("weight staging");
        _host = new float[parameters.All.Max(p => p.Length)];
    }

    public ParameterTable Parameters { get; }

    /// <summary>The parameter as it is; no buffer for a parameter that the family lacks.</summary>
    public DeviceBuffer Plain(ParameterInfo? parameter)
    {
        if (parameter is null)
        {
            return default;
        }

        DeviceBuffer buffer = _arena.Floats(parameter.Length);
        Upload(parameter, buffer);
        return buffer;
    }

    /// <summary>A weight [Out, In] packed, with its bias.</summary>
    public PackedLinear Packed(ParameterInfo weight, ParameterInfo? bias)
    {
        var shape = new LinearShape(1, weight.Columns, weight.Rows);
        DeviceBuffer packed = _arena.Floats(_backend.PackedWeightLength(shape));
        long mark = _staging.Mark();
        DeviceBuffer plain = _staging.Floats(weight.Length);
        Upload(weight, plain);
        _backend.PackWeight(shape, plain, packed);
        _backend.Synchronize();
        _staging.Release(mark);
        return new PackedLinear(weight.Columns, weight.Rows, packed, Plain(bias));
    }

    public void Dispose() => _staging.Dispose();

    private void Upload(ParameterInfo parameter, DeviceBuffer buffer)
    {
        Span<float> values = _host.AsSpan(0, checked((int)parameter.Length));
        _source(parameter, values);
        _backend.Upload<float>(values, buffer);
    }
}
