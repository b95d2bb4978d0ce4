using Lazuli.Models;
using Lazuli.Numerics;

namespace Lazuli.Training;

/// <summary>The flat buffers of a run's state, each laid out by the same <see cref="ParameterTable"/>: values, gradients, first and second moments.</summary>
/// <remarks>Muon's momentum lies in <see cref="FirstMoment"/>; its matrices leave their part of <see cref="SecondMoment"/> zero, which costs no memory since untouched pages do not exist.</remarks>
internal sealed class OptimizerBuffers : IDisposable
{
    private readonly DeviceArena _arena;

    public OptimizerBuffers(IBackend backend, ParameterTable table)
    {
        _arena = backend.CreateArena("parameters", 4 * ((table.BufferLength * sizeof(float)) + 64));
        Parameters = _arena.Floats(table.BufferLength);
        Gradients = _arena.Floats(table.BufferLength);
        FirstMoment = _arena.Floats(table.BufferLength);
        SecondMoment = _arena.Floats(table.BufferLength);
    }

    public DeviceBuffer Parameters { get; }

    public DeviceBuffer Gradients { get; }

    public DeviceBuffer FirstMoment { get; }

    public DeviceBuffer SecondMoment { get; }

    public void Dispose() => _arena.Dispose();
}
