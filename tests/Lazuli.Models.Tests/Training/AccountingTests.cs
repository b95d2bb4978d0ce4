using Lazuli.Numerics;
using Lazuli.Training;

namespace Lazuli.Models.Tests;

public sealed class AccountingTests
{
    [Fact]
    public void Flop_a_token_follow_the_formula()
    {
        ModelConfig model = RecipeFile.Read(Path.Combine(RepositoryFiles.Root, "recipes", "llama-15m.yaml")).Model.ToConfig(8192);

        // Six blocks of qkv 1152×384, out 384×384, gate and up 2048×384, down 384×1024; the head 8192×384 once, though it is tied.
        const long Weights = (6 * ((1152 * 384) + (384 * 384) + (2048 * 384) + (384 * 1024))) + (8192 * 384);
        Assert.Equal(Weights, TrainingFlop.MatrixWeights(model));
        Assert.Equal((6.0 * Weights) + (6.0 * 6 * 384 * 256), TrainingFlop.PerToken(model, 256));
    }

    [Fact]
    public void Flop_of_gpt2_leave_positions_out()
    {
        ModelConfig model = RecipeFile.Read(Path.Combine(RepositoryFiles.Root, "recipes", "gpt2-124m.yaml")).Model.ToConfig(50257);

        Assert.Equal((12L * 12 * 768 * 768) + (50257L * 768), TrainingFlop.MatrixWeights(model));
    }

    [Fact]
    public void Energy_is_read_from_packages_and_survives_a_wrapped_counter()
    {
        using var scratch = new ScratchFolder();
        scratch.Write("intel-rapl:0/energy_uj", "900000000\n");
        scratch.Write("intel-rapl:0/max_energy_range_uj", "1000000000\n");
        scratch.Write("intel-rapl:0:1/energy_uj", "5\n"); // inside package 0
        scratch.Write("intel-rapl:1/energy_uj", "0\n");
        scratch.Write("intel-rapl:1/max_energy_range_uj", "1000000000\n");
        var meter = new EnergyMeter(new ManualClock(), threads: 2, scratch.Path);

        scratch.Write("intel-rapl:0/energy_uj", "950000000\n");
        double first = meter.ReadJoules();
        scratch.Write("intel-rapl:0/energy_uj", "20000000\n");
        scratch.Write("intel-rapl:1/energy_uj", "30000000\n");
        double second = meter.ReadJoules();

        Assert.True(meter.IsMeasured);
        Assert.Equal("measured: RAPL, 2 package(s), everything on the machine", meter.Source);
        Assert.Equal(50, first, 1e-9);
        Assert.Equal(50 + 70 + 30, second, 1e-9);
    }

    [Fact]
    public void Energy_that_the_machine_does_not_tell_is_estimated_and_said_to_be()
    {
        using var scratch = new ScratchFolder();
        var clock = new ManualClock();
        var meter = new EnergyMeter(clock, threads: 2, scratch.Path);

        clock.Advance(TimeSpan.FromSeconds(3));

        Assert.False(meter.IsMeasured);
        Assert.Equal("estimated: 10 W assumed for each of 2 busy threads", meter.Source);
        Assert.Equal(60, meter.ReadJoules(), 1e-9);
    }

    [Fact]
    public void A_benchmark_drops_the_steps_around_which_the_peak_fell()
    {
        using var backend = new CpuBackend(threads: 1);
        int slice = 0;
        var benchmark = new TrainingBenchmark(backend, ToyRuns.Recipe(), () => slice++ is 2 or 3 ? 50 : 100); // the second step is disturbed
        var seen = new List<BenchmarkWindow>();

        TrainingBenchmarkResult result = benchmark.Run(steps: 3, seen.Add, TestContext.Current.CancellationToken);

        Assert.Equal((3, 1, 4), (result.TimedSteps, result.DisturbedSteps, seen.Count));
        Assert.Equal(100, result.PeakGflops);
        Assert.Equal(64, result.TokensPerStep);
        Assert.Equal(64 * TrainingFlop.PerToken(ToyRuns.Recipe().Model.ToConfig(8192), 16), result.FlopPerStep);
        Assert.Equal(1, result.ForwardShare + result.HeadShare + result.BackwardShare + result.OptimizerShare, 0.2); // medians, each by itself
        Assert.True(result.PeakResidentBytes > 1 << 20);
        Assert.False(result.IsDisturbed);
    }

    [Fact]
    public void A_benchmark_on_a_machine_that_is_never_quiet_says_so()
    {
        using var backend = new CpuBackend(threads: 1);
        int slice = 0;
        var benchmark = new TrainingBenchmark(backend, ToyRuns.Recipe(), () => slice++ % 2 == 0 ? 100 : 50);

        TrainingBenchmarkResult result = benchmark.Run(steps: 2, cancellationToken: TestContext.Current.CancellationToken);

        Assert.True(result.IsDisturbed);
        Assert.Equal(6, result.DisturbedSteps);
        Assert.Equal(75, result.PeakGflops);
    }
}
