using CsCheck;
using Lazuli.Compute;

namespace Lazuli.Platform.Tests;

public sealed class PlannerTests
{
    private static readonly LossForecast s_published = LossForecast.Published();
    private static readonly HardwareCatalog s_catalog = HardwareCatalog.Read("/no/such/folder");

    [Fact]
    public void More_budget_never_foretells_a_higher_loss() =>
        Gen.Select(Gen.Double[12.5, 23], Gen.Double[0, 1], Gen.OneOf(Gen.Const(1), Gen.Const(3), Gen.Const(64))).Sample(
            (log, more, nodes) => Planned(Request(flop: Math.Pow(10, log + more), nodes: nodes)) is not { } larger
                || Planned(Request(flop: Math.Pow(10, log), nodes: nodes)) is not { } smaller
                || larger.Loss <= smaller.Loss,
            iter: 300);

    [Fact]
    public void More_hours_never_foretell_a_higher_loss() =>
        Gen.Select(Gen.Double[-1, 4], Gen.Double[0, 1], Gen.OneOf(Gen.Const(1), Gen.Const(5))).Sample(
            (log, more, nodes) => Planned(Request(hours: Math.Pow(10, log), nodes: nodes)) is not { } smaller
                || Planned(Request(hours: Math.Min(Math.Pow(10, log + more), Planner.MostHours), nodes: nodes))!.Loss <= smaller.Loss,
            iter: 200);

    [Fact]
    public void A_plan_takes_no_more_than_its_budget_and_nearly_all_of_it() =>
        Gen.Double[13, 24].Sample(
            log =>
            {
                double flop = Math.Pow(10, log);
                TrainingPlan plan = Planned(Request(flop: flop))!;
                return plan.Flop <= flop && plan.Flop >= flop * (1 - (1.0 / Planner.LeastSteps)) && plan.Tokens == plan.Steps * plan.BatchTokens;
            },
            iter: 300);

    [Fact]
    public void A_plan_of_hours_takes_no_longer() =>
        Gen.Select(Gen.Double[-1, 4], Gen.OneOf(Gen.Const(1), Gen.Const(7))).Sample((log, nodes) => Planned(Request(hours: Math.Pow(10, log), nodes: nodes))!.Seconds <= Math.Pow(10, log) * 3600 * (1 + 1e-9), iter: 200);

    [Fact]
    public void No_alternative_is_better_for_the_same_operations() =>
        Gen.Double[13, 24].Sample(
            log =>
            {
                TrainingPlan plan = Planned(Request(flop: Math.Pow(10, log)))!;
                return plan.Alternatives.All(a => a.LossPenalty >= 0 && a.Tokens * a.Shape.FlopPerToken <= Math.Pow(10, log))
                    && plan.Alternatives.Any(a => a.Shape == plan.Shape);
            },
            iter: 200);

    [Fact]
    public void The_plan_is_near_the_laws_own_optimum()
    {
        foreach (double flop in new[] { 1e16, 1e18, 1e20 })
        {
            TrainingPlan plan = Planned(Request(flop: flop, hardware: s_catalog.Find("h200-sxm")))!;
            (double n, double d) = ScalingLaw.Besiroglu.Optimum(flop);
            Assert.InRange(plan.Shape.ParameterCount / n, 0.6, 1.6);
            Assert.InRange(plan.Loss / ScalingLaw.Besiroglu.Loss(n, d), 1, 1.02);
        }
    }

    [Fact]
    public void A_model_that_does_not_fit_is_not_planned_and_the_reader_is_told()
    {
        TrainingPlan plan = Planned(Request(flop: 1e24, hardware: s_catalog.Find("h100-sxm")))!;
        Assert.True(plan.MemoryBytes <= 80e9);
        Assert.Contains(plan.Notes, n => n.Contains("does not fit", StringComparison.Ordinal));
        HardwareProfile crumb = HardwareSamples.Machine with { MemoryBytes = 1000 };
        var refused = Assert.IsType<PlanResult.Refused>(Planner.Plan(Request(flop: 1e18, hardware: crumb)));
        Assert.Contains("memory", refused.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_budget_below_any_run_is_refused_with_what_would_do()
    {
        var refused = Assert.IsType<PlanResult.Refused>(Planner.Plan(Request(hours: 1e-6)));
        Assert.Contains("hours", refused.Reason, StringComparison.Ordinal);
        refused = Assert.IsType<PlanResult.Refused>(Planner.Plan(Request(flop: 1e11, nodes: 10_000)));
        Assert.Contains("10000 device", refused.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Misuse_is_an_argument_exception()
    {
        Assert.Throws<ArgumentException>(() => Planner.Plan(Request()));
        Assert.Throws<ArgumentException>(() => Planner.Plan(Request(flop: 1e18, hours: 1)));
        Assert.Throws<ArgumentException>(() => Planner.Plan(Request(flop: 1e18, nodes: 0)));
        Assert.Throws<ArgumentException>(() => Planner.Plan(Request(flop: 1e18, nodes: 10_001)));
        Assert.Throws<ArgumentException>(() => Planner.Plan(Request(hours: double.NaN)));
        Assert.Throws<ArgumentException>(() => Planner.Plan(Request(hours: -1)));
    }

    [Fact]
    public void Energy_and_cost_follow_from_the_profile()
    {
        TrainingPlan plan = Planned(Request(hours: 10))!;
        Assert.Equal(plan.Seconds / 3600 * 20, plan.EnergyWattHours!.Value, 1e-9);
        Assert.Equal(plan.Seconds / 3600 * 0.1, (double)plan.Cost!.Value, 1e-9);
        TrainingPlan unknown = Planned(Request(hours: 10, hardware: s_catalog.Find("tpu-v5e")))!;
        Assert.Null(unknown.EnergyWattHours);
        Assert.Null(unknown.Cost);
        TrainingPlan settings = Planned(Request(hours: 10, hardware: HardwareSamples.Machine with { Price = null }) with { PricePerDeviceHour = 2, PricePerKilowattHour = 0.5m })!;
        Assert.Equal((settings.Seconds / 3600 * 2) + (settings.EnergyWattHours!.Value / 1000 * 0.5), (double)settings.Cost!.Value, 1e-9);
    }

    [Fact]
    public void Ladder_shapes_are_real_and_dense()
    {
        IReadOnlyList<ModelShape> shapes = ShapeLadder.Shapes();
        Assert.All(shapes, s =>
        {
            Assert.Equal(s.Width, s.Heads * 64);
            Assert.Equal(0, s.FeedForwardWidth % 64);
            Assert.InRange(s.FeedForwardWidth / (double)s.Width, 8 / 3.0, 3.01);
            Assert.InRange((double)s.VocabularySize * s.Width / s.ParameterCount, 0, 0.4);
        });
        Assert.True(shapes[0].ParameterCount < 1e5);
        Assert.True(shapes[^1].ParameterCount > 3e12);
        for (int i = 1; i < shapes.Count; i++)
        {
            Assert.True(shapes[i].ParameterCount < 2.6 * shapes[i - 1].ParameterCount, $"{shapes[i - 1]} then {shapes[i]}");
        }

        Assert.Contains(shapes, s => s is { Layers: 6, Width: 384, VocabularySize: 8192, FeedForwardWidth: 1024, ContextLength: 256 });
    }

    [Fact]
    public void A_given_vocabulary_and_row_are_kept()
    {
        TrainingPlan plan = Planned(Request(flop: 1e17) with { VocabularySize = 5000, ContextLength = 96 })!;
        Assert.Equal((5000, 96), (plan.Shape.VocabularySize, plan.Shape.ContextLength));
        Assert.Equal(0, plan.BatchTokens % (plan.RowsPerPass * 96));
    }

    [Fact]
    public void Learning_rates_fall_with_size_and_hit_the_published_points()
    {
        Assert.Equal(6e-4, TrainingRules.LearningRate(125e6), 1e-9);
        Assert.Equal(1.5e-3, TrainingRules.LearningRate(14e6), 1e-9);
        Assert.Equal(6e-5, TrainingRules.LearningRate(1e12), 1e-9);
        Gen.Select(Gen.Double[4, 12], Gen.Double[0, 1]).Sample((log, more) => TrainingRules.LearningRate(Math.Pow(10, log + more)) <= TrainingRules.LearningRate(Math.Pow(10, log)));
    }

    internal static PlanRequest Request(double? flop = null, double? hours = null, int nodes = 1, HardwareProfile? hardware = null) => new()
    {
        Budget = flop is { } f ? new ComputeBudget(f) : null,
        Hours = hours,
        Nodes = nodes,
        Hardware = hardware ?? HardwareSamples.Machine,
        Network = s_catalog.FindNetwork("ethernet-10g")!,
        Forecast = s_published,
    };

    internal static TrainingPlan? Planned(PlanRequest request) => Planner.Plan(request) is PlanResult.Planned planned ? planned.Plan : null;
}
