using Lazuli.Numerics;

namespace Lazuli.Inference;

/// <summary>A linear layer ready to run: its weight packed, its bias or no buffer.</summary>
internal readonly record struct PackedLinear(int In, int Out, DeviceBuffer Weight, DeviceBuffer Bias)
{
    /// <summary><c>y = x · weightᵀ + bias</c> for <paramref name="rows"/> rows, or <c>y +=</c>.</summary>
    public void Run(IBackend backend, int rows, DeviceBuffer x, DeviceBuffer y, bool accumulate = false) =>
        backend.LinearPacked(new LinearShape(rows, In, Out), x, Weight, Bias, y, accumulate);
}
