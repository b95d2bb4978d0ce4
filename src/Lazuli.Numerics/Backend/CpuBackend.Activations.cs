namespace Lazuli.Numerics;

public sealed unsafe partial class CpuBackend
{
    public void SwiGlu(int width, DeviceBuffer gateUp, DeviceBuffer y)
    {
        int rows = RowsOf(y, width, nameof(y));
        CheckFloats(gateUp, 2L * rows * width, nameof(gateUp));
        CheckApart(gateUp, y, nameof(y));
        var job = new SwiGluJob(rows, width, gateUp.Float32Pointer, y.Float32Pointer);
        _pool.Run(ref job, SwiGluJob.TilesOf(rows, width));
    }

    public void SwiGluBackward(int width, DeviceBuffer gateUp, DeviceBuffer dy, DeviceBuffer dGateUp)
    {
        int rows = RowsOf(dy, width, nameof(dy));
        CheckFloats(gateUp, 2L * rows * width, nameof(gateUp));
        CheckFloats(dGateUp, gateUp.Length, nameof(dGateUp));
        CheckApart(gateUp, dGateUp, nameof(dGateUp), sameAllowed: true);
        CheckApart(dy, dGateUp, nameof(dGateUp));
        var job = new SwiGluBackwardJob(rows, width, gateUp.Float32Pointer, dy.Float32Pointer, dGateUp.Float32Pointer);
        _pool.Run(ref job, SwiGluJob.TilesOf(rows, width));
    }

    public void Gelu(DeviceBuffer x, DeviceBuffer y)
    {
        CheckFloats(x, x.Length, nameof(x));
        CheckFloats(y, x.Length, nameof(y));
        CheckApart(x, y, nameof(y), sameAllowed: true);
        Elementwise(default(GeluOperator), x, x, y);
    }

    public void GeluBackward(DeviceBuffer x, DeviceBuffer dy, DeviceBuffer dx)
    {
        CheckFloats(x, x.Length, nameof(x));
        CheckFloats(dy, x.Length, nameof(dy));
        CheckFloats(dx, x.Length, nameof(dx));
        CheckApart(x, dx, nameof(dx), sameAllowed: true);
        CheckApart(dy, dx, nameof(dx), sameAllowed: true);
        Elementwise(default(GeluBackwardOperator), x, dy, dx);
    }
}
