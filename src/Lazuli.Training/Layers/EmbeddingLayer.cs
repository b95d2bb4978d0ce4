using Lazuli.Models;
using Lazuli.Numerics;

namespace Lazuli.Training;

/// <summary>Token embedding, plus learned positions where the family has them.</summary>
internal sealed class EmbeddingLayer(StepContext context, ParameterTable table, DeviceBuffer positions)
{
    private readonly IBackend _backend = context.Backend;
    private readonly int _width = context.Shape.Model.Width;
    private readonly Parameter _tokens = context.Parameter(table.TokenEmbedding);
    private readonly Parameter _positionTable = context.Parameter(table.PositionEmbedding);

    public void Forward(DeviceBuffer ids, DeviceBuffer output)
    {
        _backend.EmbeddingGather(_width, ids, _tokens.Value, output);
        if (!_positionTable.Value.IsNone)
        {
            _backend.EmbeddingGather(_width, positions, _positionTable.Value, output, accumulate: true);
        }
    }

    public void Backward(DeviceBuffer ids, DeviceBuffer dOutput)
    {
        _backend.EmbeddingScatterAdd(_width, ids, dOutput, _tokens.Gradient);
        if (!_positionTable.Value.IsNone)
        {
            _backend.EmbeddingScatterAdd(_width, positions, dOutput, _positionTable.Gradient);
        }
    }
}
