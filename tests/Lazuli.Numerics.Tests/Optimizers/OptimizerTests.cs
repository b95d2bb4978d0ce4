namespace Lazuli.Numerics.Tests;

public sealed class OptimizerTests
{
    [Fact]
    public void Global_norm_agrees_with_double_precision_and_clips()
    {
        using var bench = new KernelBench(2);
        foreach (int length in Sweep.Lengths.Append(Sweep.IsVectorized ? 100_003 : 33_001))
        {
            float[] g = KernelBench.Normal(1, length);
            double exact = Math.Sqrt(g.Sum(v => (double)v * v));
            DeviceBuffer norm = bench.Unwritten(2);
            bench.Backend.GlobalNorm(bench.Put(g), 0.5f, norm);
            float[] found = bench.Get(norm);
            Assert.Equal((float)exact, found[0], (float)exact * 2 * (float)Near.Roundoff);
            Assert.Equal(MathF.Min(1f, 0.5f / found[0]), found[1]);
            bench.Backend.GlobalNorm(bench.Put(g), 0f, norm);
            Assert.Equal(1f, bench.Get(norm)[1]);
        }
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void A_norm_that_is_not_finite_has_a_factor_that_is_NaN_and_optimizers_then_change_nothing(float bad)
    {
        using var bench = new KernelBench();
        float[] g = KernelBench.Normal(1, 64);
        g[40] = bad;
        DeviceBuffer gradients = bench.Put(g);
        DeviceBuffer norm = bench.Unwritten(2);
        bench.Backend.GlobalNorm(gradients, 1f, norm);
        Assert.True(float.IsNaN(bench.Get(norm)[1]));
        float[] p = KernelBench.Normal(2, 64);
        DeviceBuffer parameters = bench.Put(p);
        DeviceBuffer first = bench.Put(p);
        DeviceBuffer second = bench.Put(p);
        bench.Backend.AdamW(new AdamWStep(0.1f, 0.9f, 0.95f, 1e-8f, 0.1f, 1), parameters, gradients, first, second, norm);
        bench.Backend.Muon(new MuonStep(0.1f, 0.9f, 0.1f), 8, 8, parameters, gradients, first, norm, bench.Put(new float[bench.Backend.MuonScratchLength(8, 8)]));
        Near.Bits(p, bench.Get(parameters), "parameters");
        Near.Bits(p, bench.Get(first), "first moment");
        Near.Bits(p, bench.Get(second), "second moment");
    }

    [Fact]
    public void Squares_beyond_floats_range_do_not_spoil_the_norm()
    {
        using var bench = new KernelBench();
        DeviceBuffer norm = bench.Unwritten(2);
        bench.Backend.GlobalNorm(bench.Put(3e30f, 4e30f), 1f, norm);
        Assert.Equal(5e30f, bench.Get(norm)[0], 1e24f);
    }

    [Fact]
    public void AdamW_follows_the_formula_over_steps()
    {
        // Ten roundings a step on values near the learning rate; a parameter's own rounding dominates: 2 steps · 2⁻²⁴ · |θ| and 1e-5 of the step.
        const double bound = 4e-7;
        using var bench = new KernelBench(2);
        foreach (int length in Sweep.Lengths)
        {
            float[] p = KernelBench.Normal(1, length);
            double[] theta = Near.ToDouble(p);
            var m = new double[length];
            var v = new double[length];
            DeviceBuffer parameters = bench.Put(p);
            DeviceBuffer first = bench.Put(new float[length]);
            DeviceBuffer second = bench.Put(new float[length]);
            DeviceBuffer norm = bench.Put(2f, 0.5f);
            for (int step = 1; step <= 3; step++)
            {
                float[] g = KernelBench.Normal(10 + step, length);
                bench.Backend.AdamW(new AdamWStep(0.01f, 0.9f, 0.95f, 1e-8f, 0.1f, step), parameters, bench.Put(g), first, second, norm);
                for (int i = 0; i < length; i++)
                {
                    double gradient = 0.5 * g[i];
                    m[i] = (0.9 * m[i]) + (0.1 * gradient);
                    v[i] = (0.95 * v[i]) + (0.05 * gradient * gradient);
                    double update = m[i] / (1 - Math.Pow(0.9, step)) / (Math.Sqrt(v[i] / (1 - Math.Pow(0.95, step))) + 1e-8);
                    theta[i] -= 0.01 * (update + (0.1 * theta[i]));
                }
            }

            Near.Absolute(theta, bench.Get(parameters), bound, "parameters");
            Near.Absolute(m, bench.Get(first), bound, "first moment");
            Near.Absolute(v, bench.Get(second), bound, "second moment");
        }
    }

    [Theory]
    [InlineData(6, 6)]
    [InlineData(4, 11)]
    [InlineData(13, 5)]
    [InlineData(1, 7)]
    [InlineData(33, 64)]
    public void Muon_follows_the_formula_over_steps(int rows, int columns)
    {
        const double bound = 2e-5; // five steps of products whose entries stay below 2, times a rate of 0.1, three times
        using var bench = new KernelBench(2);
        float[] p = KernelBench.Normal(1, rows * columns);
        DeviceBuffer parameters = bench.Put(p);
        DeviceBuffer momentum = bench.Put(new float[p.Length]);
        DeviceBuffer norm = bench.Put(2f, 0.5f);
        DeviceBuffer scratch = bench.Unwritten(bench.Backend.MuonScratchLength(rows, columns));
        var reference = new MuonReference(rows, columns, Near.ToDouble(p));
        for (int step = 1; step <= 3; step++)
        {
            float[] g = KernelBench.Normal(20 + step, p.Length);
            bench.Backend.Muon(new MuonStep(0.1f, 0.95f, 0.1f), rows, columns, parameters, bench.Put(g), momentum, norm, scratch);
            reference.Step(g, 0.5, 0.1, 0.95, 0.1);
        }

        Near.Absolute(reference.Parameters, bench.Get(parameters), bound, "parameters");
    }

    [Fact]
    public void Muon_of_a_zero_gradient_only_decays()
    {
        using var bench = new KernelBench();
        DeviceBuffer parameters = bench.Put(1f, 2f, 3f, 4f);
        bench.Backend.Muon(new MuonStep(0.5f, 0.9f, 0.5f), 2, 2, parameters, bench.Put(new float[4]), bench.Put(new float[4]), bench.Put(0f, 1f), bench.Put(new float[bench.Backend.MuonScratchLength(2, 2)]));
        Near.Absolute([0.75, 1.5, 2.25, 3], bench.Get(parameters), 1e-6, "parameters");
    }

    [Fact]
    public void Bits_do_not_depend_on_threads()
    {
        float[][] results = new float[4][];
        for (int threads = 1; threads <= 3; threads++)
        {
            using var bench = new KernelBench(threads);
            DeviceBuffer parameters = bench.Put(KernelBench.Normal(1, 40_000));
            DeviceBuffer gradients = bench.Put(KernelBench.Normal(2, 40_000));
            DeviceBuffer first = bench.Put(new float[40_000]);
            DeviceBuffer second = bench.Put(new float[40_000]);
            DeviceBuffer norm = bench.Unwritten(2);
            bench.Backend.GlobalNorm(gradients, 1f, norm);
            bench.Backend.AdamW(new AdamWStep(0.1f, 0.9f, 0.95f, 1e-8f, 0.1f, 5), parameters, gradients, first, second, norm);
            bench.Backend.Muon(new MuonStep(0.1f, 0.9f, 0.1f), 40, 60, parameters.Slice(0, 2400), gradients.Slice(0, 2400), first.Slice(0, 2400), norm, bench.Put(new float[bench.Backend.MuonScratchLength(40, 60)]));
            results[threads] = bench.Get(parameters);
        }

        Near.Bits(results[1], results[2], "two threads");
        Near.Bits(results[1], results[3], "three threads");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Many_matrices_at_once_get_the_bits_of_one_at_a_time(int threads)
    {
        MuonMatrix[] matrices = [new(0, 40, 60), new(2400, 96, 32), new(5472, 32, 32)];
        const int Length = 6496;
        using var bench = new KernelBench(threads);
        float[] start = KernelBench.Normal(1, Length);
        float[] slope = KernelBench.Normal(2, Length);
        DeviceBuffer norm = bench.Put(2f, 0.5f);
        var step = new MuonStep(0.1f, 0.95f, 0.1f);
        long most = matrices.Max(m => bench.Backend.MuonScratchLength(m.Rows, m.Columns));
        DeviceBuffer together = bench.Put(start);
        bench.Backend.MuonEach(step, matrices, together, bench.Put(slope), bench.Put(new float[Length]), norm, bench.Unwritten(most * threads));
        DeviceBuffer alone = bench.Put(start);
        DeviceBuffer gradients = bench.Put(slope);
        DeviceBuffer momentum = bench.Put(new float[Length]);
        foreach (MuonMatrix m in matrices)
        {
            bench.Backend.Muon(
                step, m.Rows, m.Columns, alone.Slice(m.Start, m.Length), gradients.Slice(m.Start, m.Length), momentum.Slice(m.Start, m.Length), norm,
                bench.Unwritten(bench.Backend.MuonScratchLength(m.Rows, m.Columns)));
        }

        Near.Bits(bench.Get(alone), bench.Get(together), "matrices");
    }

    [Fact]
    public void Steady_state_allocates_nothing()
    {
        using var bench = new KernelBench(2);
        DeviceBuffer p = bench.Put(KernelBench.Normal(1, 40_000));
        DeviceBuffer g = bench.Put(KernelBench.Normal(2, 40_000));
        DeviceBuffer m = bench.Put(new float[40_000]);
        DeviceBuffer v = bench.Put(new float[40_000]);
        DeviceBuffer norm = bench.Put(new float[2]);
        DeviceBuffer scratch = bench.Put(new float[bench.Backend.MuonScratchLength(50, 60)]);
        DeviceBuffer eachScratch = bench.Put(new float[2 * bench.Backend.MuonScratchLength(50, 60)]);
        MuonMatrix[] each = [new(0, 50, 60), new(3000, 20, 30)];
        Allocations.AreNone(() =>
        {
            bench.Backend.GlobalNorm(g, 1f, norm);
            bench.Backend.AdamW(new AdamWStep(0.1f, 0.9f, 0.95f, 1e-8f, 0.1f, 5), p, g, m, v, norm);
            bench.Backend.Muon(new MuonStep(0.1f, 0.9f, 0.1f), 50, 60, p.Slice(0, 3000), g.Slice(0, 3000), m.Slice(0, 3000), norm, scratch);
            bench.Backend.MuonEach(new MuonStep(0.1f, 0.9f, 0.1f), each, p, g, m, norm, eachScratch);
        });
    }
}
