using Lazuli.Numerics;

namespace Lazuli.Inference;

/// <summary>A linear layer ready to run, in whatever form its weight is kept.</summary>
/// <param name="In">Inputs.</param>
/// <param name="Out">Outputs.</param>
internal abstract record LinearLayer(int In, int Out)
{
    /// <summary>Bytes that a run reads of the weight.</summary>
    public abstract long StreamedBytes { get; }

    /// <summary><c>y = x · weightᵀ + bias</c> for <paramref name="rows"/> rows, or <c>y +=</c>.</summary>
    public abstract void Run(IBackend backend, int rows, DeviceBuffer x, DeviceBuffer y, bool accumulate = false);
}
