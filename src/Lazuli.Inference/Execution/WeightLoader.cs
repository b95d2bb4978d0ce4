using Lazuli.Models;
using Lazuli.Numerics;

namespace Lazuli.Inference;

/// <summary>Brings parameters to the device one by one, so that loading needs room for one plain matrix beside the packed weights.</summary>
internal sealed class WeightLoader(IBackend backend, DeviceArena arena, ParameterTable parameters) : IWeightSource, IDisposable
{
    private readonly DeviceArena _staging = backend.CreateArena("weight staging");
    private readonly Dictionary<string, DeviceBuffer> _plain = [];
    private readonly Dictionary<string, DeviceBuffer> _packed = [];

    public ParameterTable Parameters => parameters;

    /// <summary>Takes a parameter: keeps matrices of linear layers packed, everything else plain, and a tied embedding both ways.</summary>
    public void Take(ParameterInfo parameter, ReadOnlySpan<float> values)
    {
        bool isLinear = parameter.Role is ParameterRole.HiddenMatrix or ParameterRole.Head;
        if (!isLinear)
        {
            DeviceBuffer buffer = arena.Floats(parameter.Length);
            backend.Upload(values, buffer);
            _plain.Add(parameter.Name, buffer);
        }

        if (isLinear || parameter == parameters.Head)
        {
            _packed.Add(parameter.Name, Pack(parameter, values));
        }
    }

    /// <summary>The parameter as it is; no buffer for a parameter that the family lacks.</summary>
    public DeviceBuffer Plain(ParameterInfo? parameter) => parameter is null ? default : Taken(_plain, parameter);

    public EmbeddingTable Embedding => new(WeightFormat.F32, Plain(parameters.TokenEmbedding));

    /// <summary>A weight [Out, In] packed, with its bias.</summary>
    public LinearLayer Linear(ParameterInfo weight, ParameterInfo? bias) => new PackedLinear(weight.Columns, weight.Rows, Taken(_packed, weight), Plain(bias));

    public void Dispose() => _staging.Dispose();

    private static DeviceBuffer Taken(Dictionary<string, DeviceBuffer> taken, ParameterInfo parameter) =>
        taken.TryGetValue(parameter.Name, out DeviceBuffer buffer) ? buffer : throw new ArgumentException($"The parameter {parameter.Name} was not given.", nameof(parameter));

    private DeviceBuffer Pack(ParameterInfo weight, ReadOnlySpan<float> values)
    {
        var shape = new LinearShape(1, weight.Columns, weight.Rows);
        DeviceBuffer packed = arena.Floats(backend.PackedWeightLength(shape));
        long mark = _staging.Mark();
        DeviceBuffer plain = _staging.Floats(weight.Length);
        backend.Upload(values, plain);
        backend.PackWeight(shape, plain, packed);
        backend.Synchronize();
        _staging.Release(mark);
        return packed;
    }
}
