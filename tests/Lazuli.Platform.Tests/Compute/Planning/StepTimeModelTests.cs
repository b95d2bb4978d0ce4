using Lazuli.Compute;

namespace Lazuli.Platform.Tests;

public sealed class StepTimeModelTests
{
    private static readonly ModelShape s_llama15 = new() { Layers = 6, Width = 384, Heads = 6, KeyValueHeads = 6, HeadSize = 64, FeedForwardWidth = 1024, VocabularySize = 8192, ContextLength = 256 };

    private static readonly ModelShape s_gpt2 = new()
    {
        Family = PlannedFamily.Gpt2, Layers = 12, Width = 768, Heads = 12, KeyValueHeads = 12, HeadSize = 64, FeedForwardWidth = 3072, VocabularySize = 50257, ContextLength = 256,
    };

    // Steps of the lab log: two cores at 202.1 and 202.9 GFLOP/s, quiet; a large product reached about 0.9 of that.
    [Fact]
    public void Foretells_the_15M_recipes_step_of_the_lab_log_within_a_tenth() =>
        Assert.InRange(At(202.1e9).Predict(new StepWork(s_llama15, 16)).Seconds / (4096 / 1912.0), 0.9, 1.1);

    [Fact]
    public void Foretells_GPT2s_step_of_the_lab_log_within_a_tenth() =>
        Assert.InRange(At(202.9e9).Predict(new StepWork(s_gpt2, 4)).Seconds / (1024 / 223.0), 0.9, 1.1);

    [Fact]
    public void Foretells_where_the_15M_recipes_time_goes()
    {
        StepTime time = At(202.1e9).Predict(new StepWork(s_llama15, 16));
        Assert.InRange(time.Head / time.Seconds, 0.18, 0.25); // 21.9 % of CPU time in the lab log
        Assert.InRange(time.Forward / time.Seconds, 0.20, 0.30);
        Assert.InRange(time.Optimizer / time.Seconds, 0, 0.02);
    }

    [Fact]
    public void The_model_gives_back_the_product_that_it_was_calibrated_by()
    {
        // A model that is little but products: its share of the peak is near the measured one.
        ModelShape wide = s_llama15 with { Layers = 2, Width = 4096, Heads = 64, KeyValueHeads = 64, FeedForwardWidth = 11008, VocabularySize = 512, ContextLength = 128 };
        var work = new StepWork(wide, 16);
        double share = work.Flop / (At(203e9).Predict(work).Seconds * 203e9);
        Assert.InRange(share, 0.8, 0.95);
    }

    [Fact]
    public void Narrow_models_reach_less_of_the_peak_and_more_passes_take_more_time()
    {
        ModelShape narrow = s_llama15 with { Width = 64, Heads = 1, KeyValueHeads = 1, FeedForwardWidth = 192, VocabularySize = 512 };
        Assert.True(Share(narrow) < 0.8 * Share(s_llama15));
        StepTimeModel model = At(203e9);
        Assert.True(model.Predict(new StepWork(s_llama15, 4, 4)).Seconds > model.Predict(new StepWork(s_llama15, 16)).Seconds);
        Assert.True(model.Predict(new StepWork(s_llama15, 16, 1, PlannedOptimizer.Muon)).Optimizer > 5 * model.Predict(new StepWork(s_llama15, 16)).Optimizer);
    }

    [Fact]
    public void A_comparison_is_made_at_the_peak_of_its_own_time()
    {
        HardwareProfile profile = HardwareSamples.Machine with { ProductShare = 0.895 };
        StepComparison slow = StepComparison.Of("run", profile, new StepWork(s_llama15, 16), 4.2, 101e9);
        Assert.InRange(slow.Error, -0.12, 0.12); // half the peak, twice the time
        Assert.Equal(slow.Error, (slow.MeasuredShare / slow.PredictedShare) - 1, 1e-9);
        Assert.Equal(203e9, StepComparison.Of("run", profile, new StepWork(s_llama15, 16), 4.2, null).Peak);
    }

    private static double Share(ModelShape shape)
    {
        var work = new StepWork(shape, 16);
        return work.Flop / (At(203e9).Predict(work).Seconds * 203e9);
    }

    private static StepTimeModel At(double peak) => new(HardwareSamples.Machine with { PeakFlopPerSecond = new Dictionary<NumberType, double> { [NumberType.Fp32] = peak }, ProductShare = 0.895 });
}
