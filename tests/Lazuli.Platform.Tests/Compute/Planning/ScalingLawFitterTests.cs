using Lazuli.Compute;

namespace Lazuli.Platform.Tests;

public sealed class ScalingLawFitterTests
{
    private static readonly ScalingLaw s_truth = new(2.1, 120, 900, 0.31, 0.33);

    [Fact]
    public void Recovers_all_five_constants_from_exact_runs()
    {
        ScalingLawFit fit = ScalingLawFitter.Fit(Runs(s_truth, 6, 5, noise: 0))!;
        Assert.True(fit.FreeExponents);
        Assert.Equal(s_truth.Alpha, fit.Law.Alpha, 2e-3);
        Assert.Equal(s_truth.Beta, fit.Law.Beta, 2e-3);
        Assert.Equal(s_truth.E, fit.Law.E, 0.01);
        Assert.True(fit.RootMeanSquareError < 1e-4, $"{fit}");
        Assert.True(fit.RSquared > 0.9999);
    }

    [Fact]
    public void Recovers_them_from_runs_with_half_a_percent_of_noise_to_an_honest_tolerance()
    {
        ScalingLawFit fit = ScalingLawFitter.Fit(Runs(s_truth, 8, 6, noise: 0.005))!;
        Assert.Equal(s_truth.Alpha, fit.Law.Alpha, 0.06);
        Assert.Equal(s_truth.Beta, fit.Law.Beta, 0.06);
        Assert.Equal(s_truth.E, fit.Law.E, 0.4);
        Assert.InRange(fit.RootMeanSquareError, 0.003, 0.008);
        // Constants trade with each other; what they foretell for a run five times larger than any seen does not.
        Assert.InRange(fit.Law.Loss(5e8, 1e10) / s_truth.Loss(5e8, 1e10), 0.98, 1.02);
    }

    [Fact]
    public void An_outlier_moves_the_fit_little()
    {
        TrainingObservation[] runs = Runs(s_truth, 6, 5, noise: 0);
        runs[7] = runs[7] with { Loss = runs[7].Loss * 1.3 };
        ScalingLawFit fit = ScalingLawFitter.Fit(runs)!;
        Assert.InRange(fit.Law.Loss(1e8, 2e9) / s_truth.Loss(1e8, 2e9), 0.995, 1.005);
        Assert.InRange(fit.LargestError, 0.2, 0.3);
    }

    [Fact]
    public void Few_runs_keep_the_published_exponents()
    {
        TrainingObservation[] runs = Runs(s_truth, 2, 2, noise: 0);
        ScalingLawFit fit = ScalingLawFitter.Fit(runs)!;
        Assert.False(fit.FreeExponents);
        Assert.Equal(ScalingLaw.Besiroglu.Alpha, fit.Law.Alpha);
        Assert.Equal(ScalingLaw.Besiroglu.Beta, fit.Law.Beta);
        Assert.Equal(4, fit.DistinctPoints);
        Assert.InRange(fit.RootMeanSquareError, 0, 0.02);
    }

    [Fact]
    public void Real_runs_of_three_small_sizes_keep_the_published_exponents_and_foretell_a_larger_run_within_three_percent()
    {
        // docs/guides/planning.md: held-out losses of runs on the reference documentation.
        (double Parameters, double Tokens, double Loss)[] figures =
        [
            (184_512, 432_128, 3.3544), (184_512, 865_280, 3.0581), (184_512, 1_730_560, 2.8045), (184_512, 3_462_144, 2.5857), (184_512, 6_925_312, 2.4530),
            (475_520, 865_280, 2.7815), (475_520, 3_462_144, 2.2942), (688_768, 865_280, 2.8010), (688_768, 1_730_560, 2.5114), (688_768, 3_462_144, 2.2365),
        ];
        ScalingLawFit fit = ScalingLawFitter.Fit([.. figures.Select((f, i) => new TrainingObservation($"run-{i}", f.Parameters, f.Tokens, f.Loss))])!;
        Assert.False(fit.FreeExponents); // freed, the exponent of size runs to 3.3 and the larger run is foretold 9 % too high
        Assert.InRange(fit.Law.Loss(1_721_664, 4_194_304) / 2.0402, 0.97, 1.03);
    }

    [Fact]
    public void Four_smaller_runs_foretell_a_larger_one_of_the_published_kind()
    {
        var truth = ScalingLaw.Besiroglu with { E = 1.2, A = 150, B = 700 };
        TrainingObservation[] runs = [.. new[] { 5e5, 1e6, 2e6, 4e6 }.Select(n => new TrainingObservation("r", n, 20 * n, truth.Loss(n, 20 * n)))];
        ScalingLawFit fit = ScalingLawFitter.Fit(runs)!;
        Assert.InRange(fit.Law.Loss(16e6, 20 * 16e6) / truth.Loss(16e6, 20 * 16e6), 0.97, 1.03);
    }

    [Fact]
    public void Three_points_are_too_few_and_so_are_repeats()
    {
        TrainingObservation[] runs = Runs(s_truth, 3, 1, noise: 0);
        Assert.Null(ScalingLawFitter.Fit(runs));
        Assert.Null(ScalingLawFitter.Fit([.. runs, .. runs, .. runs]));
        Assert.Null(ScalingLawFitter.Fit([]));
        Assert.Null(LossForecast.OfRuns(runs));
    }

    [Fact]
    public void Runs_without_sound_figures_are_passed_over()
    {
        TrainingObservation[] runs = Runs(s_truth, 2, 2, noise: 0);
        TrainingObservation[] bad = [runs[0] with { Loss = double.NaN }, runs[0] with { Loss = 0 }, runs[0] with { Tokens = double.PositiveInfinity }, runs[0] with { Parameters = -3 }];
        Assert.Equal(4, ScalingLawFitter.Fit([.. runs, .. bad])!.Runs);
    }

    [Fact]
    public void The_bootstrap_is_seeded_and_holds_the_truth()
    {
        TrainingObservation[] runs = Runs(s_truth, 8, 6, noise: 0.005);
        LossForecast forecast = LossForecast.OfRuns(runs)!;
        (double loss, double low, double high) = forecast.Expect(1e8, 2e9);
        Assert.Equal((loss, low, high), LossForecast.OfRuns(runs)!.Expect(1e8, 2e9));
        Assert.True(low < loss && loss < high);
        Assert.InRange(s_truth.Loss(1e8, 2e9), low - (0.5 * (high - low)), high + (0.5 * (high - low)));
        Assert.Contains("48 of your own runs", forecast.Basis, StringComparison.Ordinal);
    }

    /// <summary>Sizes by lengths, with normal noise of the logarithm, seeded.</summary>
    private static TrainingObservation[] Runs(ScalingLaw law, int sizes, int lengths, double noise)
    {
        var random = new Random(7);
        return [.. Enumerable.Range(0, sizes).SelectMany(i => Enumerable.Range(0, lengths).Select(j =>
        {
            double n = 1e6 * Math.Pow(2, i), d = 2e7 * Math.Pow(2.5, j);
            double normal = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
            return new TrainingObservation($"run-{i}-{j}", n, d, law.Loss(n, d) * Math.Exp(noise * normal));
        }))];
    }
}
