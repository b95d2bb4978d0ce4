using Lazuli.Numerics;

namespace Lazuli.Training;

/// <summary>Buffers that every layer uses in turn, so that only what the backward pass needs exists once a block.</summary>
/// <remarks>
/// Nothing survives from one layer to the next here except <see cref="ResidualGradient"/>. <see cref="Hidden"/>,
/// <see cref="QkvGradient"/> and <see cref="LastNormGradient"/> are never needed together, so they share memory.
/// </remarks>
internal sealed class StepScratch
{
    public StepScratch(DeviceArena arena, StepShape shape)
    {
        long rows = shape.Rows;
        Normed = arena.Floats(rows * shape.Model.Width);
        ResidualGradient = arena.Floats(rows * shape.Model.Width);
        AttentionGradient = arena.Floats(rows * shape.AttentionWidth);
        Mean = arena.Floats(rows);
        ReciprocalDeviation = arena.Floats(rows);
        DeviceBuffer wide = arena.Floats(rows * Math.Max(shape.Model.Width, Math.Max(shape.Model.FeedForwardWidth, shape.QkvWidth)));
        Hidden = wide.Slice(0, rows * shape.Model.FeedForwardWidth);
        QkvGradient = wide.Slice(0, rows * shape.QkvWidth);
        LastNormGradient = wide.Slice(0, rows * shape.Model.Width);
    }

    /// <summary>Output of the norm at hand; in the backward pass then its gradient [R, C].</summary>
    public DeviceBuffer Normed { get; }

    /// <summary>Gradient of the residual stream [R, C]; every layer adds its share.</summary>
    public DeviceBuffer ResidualGradient { get; }

    /// <summary>Gradient of attention's output [R, H·D].</summary>
    public DeviceBuffer AttentionGradient { get; }

    /// <summary>Row means of the norm at hand [R]; layer normalisation only.</summary>
    public DeviceBuffer Mean { get; }

    /// <summary>1/deviation of the norm at hand [R].</summary>
    public DeviceBuffer ReciprocalDeviation { get; }

    /// <summary>Output of the activation, then its gradient [R, F].</summary>
    public DeviceBuffer Hidden { get; }

    /// <summary>Gradient of queries, keys and values [R, (H+2G)·D].</summary>
    public DeviceBuffer QkvGradient { get; }

    /// <summary>Gradient of the last norm's output [R, C], before any block runs backward.</summary>
    public DeviceBuffer LastNormGradient { get; }
}
