using Lazuli.Numerics;

namespace Lazuli.Training;

/// <summary>Rotary positions of queries and keys (Su et al. 2021), pairs (j, j + D/2) as Hugging Face Llama has them.</summary>
internal sealed class RotaryPositions
{
    private readonly IBackend _backend;
    private readonly RopeShape _shape;
    private readonly DeviceBuffer _positions;
    private readonly DeviceBuffer _cosSin;
    private readonly int _heads;

    public RotaryPositions(IBackend backend, DeviceArena arena, StepShape shape, DeviceBuffer positions)
    {
        _backend = backend;
        _positions = positions;
        _heads = shape.Model.Heads + shape.Model.KeyValueHeads; // keys lie right behind queries
        _shape = new RopeShape(shape.Rows, shape.QkvWidth, shape.Model.HeadSize, RopePairing.Halves);
        _cosSin = arena.Floats((long)shape.Time * shape.Model.HeadSize);
        backend.RopeTable(shape.Time, shape.Model.HeadSize, shape.Model.RopeBase, _cosSin);
    }

    /// <summary>Rotates queries and keys of <paramref name="qkv"/> in place; the inverse is the backward pass.</summary>
    public void Rotate(DeviceBuffer qkv, bool inverse) => _backend.Rope(_shape, qkv, _positions, _cosSin, column: 0, _heads, inverse);
}
