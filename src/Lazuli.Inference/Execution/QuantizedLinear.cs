using Lazuli.Numerics;

namespace Lazuli.Inference;

/// <summary>A linear layer whose weight stays as it is stored; its outputs may come from several tensors, each in its own format.</summary>
internal sealed record QuantizedLinear(int In, int Out, QuantizedWeight[] Parts) : LinearLayer(In, Out)
{
    public override long StreamedBytes => Parts.Sum(part => part.Rows.ByteLength);

    public override void Run(IBackend backend, int rows, DeviceBuffer x, DeviceBuffer y, bool accumulate = false) =>
        backend.LinearQuantized(rows, In, x, Parts, y, accumulate);
}
