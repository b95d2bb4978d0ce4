using Lazuli.Numerics;

namespace Lazuli.Inference;

/// <summary>A linear layer in fp32: its weight packed, its bias or no buffer.</summary>
internal sealed record PackedLinear(int In, int Out, DeviceBuffer Weight, DeviceBuffer Bias) : LinearLayer(In, Out)
{
    public override long StreamedBytes => Weight.ByteLength;

    public override void Run(IBackend backend, int rows, DeviceBuffer x, DeviceBuffer y, bool accumulate = false) =>
        backend.LinearPacked(new LinearShape(rows, In, Out), x, Weight, Bias, y, accumulate);
}
