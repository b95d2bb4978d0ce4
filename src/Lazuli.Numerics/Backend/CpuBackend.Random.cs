namespace Lazuli.Numerics;

public sealed unsafe partial class CpuBackend
{
    public void FillNormal(DeviceBuffer buffer, float standardDeviation, ulong seed, ulong stream)
    {
        CheckFloats(buffer, buffer.Length, nameof(buffer));
        var job = new FillNormalJob(buffer.Float32Pointer, buffer.Length, standardDeviation, seed, stream);
        _pool.Run(ref job, FillNormalJob.TilesOf(buffer.Length));
    }
}
