using Lazuli.Models;
using Lazuli.Numerics;

namespace Lazuli.Inference;

/// <summary>Weights straight from a mapped GGUF file: matrices stay there as they are stored, vectors are widened to fp32 once.</summary>
/// <remarks>Rows keep the file's order: where it has neighbouring rotary pairs, vectors of queries and keys have them too, and the model rotates so.</remarks>
internal sealed class MappedWeights(IBackend backend, DeviceArena arena, GgufModelFile file) : IWeightSource
{
    public ParameterTable Parameters { get; } = new(file.Config);

    public EmbeddingTable Embedding
    {
        get
        {
            MappedTensor tensor = file.Find(Parameters.TokenEmbedding)[0];
            return new EmbeddingTable(tensor.Format, backend.MapBytes(tensor.Address, tensor.ByteLength), tensor.Layout);
        }
    }

    public DeviceBuffer Plain(ParameterInfo? parameter)
    {
        if (parameter is null)
        {
            return default;
        }

        IReadOnlyList<MappedTensor> tensors = file.Find(parameter);
        DeviceBuffer whole = arena.Floats(tensors.Sum(t => (long)t.Rows * t.Columns));
        long at = 0;
        foreach (MappedTensor tensor in tensors)
        {
            long length = (long)tensor.Rows * tensor.Columns;
            Widen(tensor, whole.Slice(at, length));
            at += length;
        }

        return whole;
    }

    public LinearLayer Linear(ParameterInfo weight, ParameterInfo? bias)
    {
        DeviceBuffer biases = Plain(bias);
        var parts = new List<QuantizedWeight>();
        int at = 0;
        foreach (MappedTensor tensor in file.Find(weight))
        {
            parts.Add(new QuantizedWeight(tensor.Format, tensor.Rows, backend.MapBytes(tensor.Address, tensor.ByteLength), biases.IsNone ? default : biases.Slice(at, tensor.Rows), tensor.Layout));
            at += tensor.Rows;
        }

        return new QuantizedLinear(weight.Columns, weight.Rows, [.. parts]);
    }

    /// <summary>A look-up of every row is a table in fp32.</summary>
    private void Widen(MappedTensor tensor, DeviceBuffer to)
    {
        using DeviceArena scratch = backend.CreateArena("row numbers");
        DeviceBuffer rows = scratch.Integers(tensor.Rows);
        backend.Upload<int>([.. Enumerable.Range(0, tensor.Rows)], rows);
        backend.EmbeddingGatherQuantized(tensor.Format, tensor.Columns, rows, backend.MapBytes(tensor.Address, tensor.ByteLength), to, tensor.Layout);
        backend.Synchronize();
    }
}
