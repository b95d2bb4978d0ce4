using Lazuli.Testing;

namespace Lazuli.Numerics.Tests;

public sealed class AllocationTests
{
    [Fact]
    public void Products_and_the_head_allocate_nothing_once_warm()
    {
        using var bench = new OperatorBench(2);
        var shape = new LinearShape(70, 65, 130);
        DeviceBuffer x = bench.Put(bench.Normal(70 * 65, 1)), w = bench.Put(bench.Normal(130 * 65, 2)), y = bench.Put(bench.Normal(70 * 130, 3));
        DeviceBuffer dx = bench.Put(new float[70 * 65]), dw = bench.Put(new float[130 * 65]), db = bench.Put(new float[130]), packed = bench.Put(new float[bench.Backend.PackedWeightLength(shape)]);
        DeviceBuffer targets = bench.Put(new int[70]), losses = bench.Put(new float[70]);
        CpuBackend backend = bench.Backend;
        Step();

        ThreadAllocations counted = ThreadAllocations.Start();
        Step();
        Assert.Equal(0, counted.Bytes);

        void Step()
        {
            backend.Linear(shape, x, w, db, y);
            backend.LinearBackwardInput(shape, y, w, dx, accumulate: true);
            backend.LinearBackwardWeight(shape, y, x, dw, db);
            backend.MatMul(MatMulKind.TN, 130, 65, 70, 0.5f, y, x, 2f, dw);
            backend.PackWeight(shape, w, packed);
            backend.LinearPacked(shape, x, packed, db, y);
            backend.LinearCrossEntropy(shape, x, w, targets, losses, 1f, dx, dw);
        }
    }

    [Fact]
    public void Limits_are_positive_and_finite()
    {
        using var backend = new CpuBackend(2);

        MachineLimitsReport report = MachineLimits.Measure(backend, arrayMegabytes: 8, repeats: 1);

        Assert.Equal(2, report.Threads);
        double[] rates = [report.FmaGflopsPerSecond, report.ReadSmallPagesOneStreamGBPerSecond, report.ReadSmallPagesFourStreamsGBPerSecond, report.ReadHugePagesOneStreamGBPerSecond, report.ReadHugePagesFourStreamsGBPerSecond, report.CopyGBPerSecond, report.TriadGBPerSecond];
        Assert.All(rates, r => Assert.True(double.IsFinite(r) && r > 0));
        Assert.Equal(System.Runtime.Intrinsics.X86.Avx2.IsSupported, report.Int8DotGopsPerSecond > 0);
        Assert.Equal(System.Runtime.Intrinsics.X86.Avx2.IsSupported, report.Int8SignedDotGopsPerSecond > 0);
    }
}
