using Lazuli.Compute;

namespace Lazuli.Platform.Tests;

public sealed class ScalingForecastTests
{
    [Theory]
    [InlineData(1e16)]
    [InlineData(1e20)]
    public void Devices_help_less_and_less(double flop)
    {
        IReadOnlyList<ScalingPoint> points = Simulate(flop, Planner.MostNodes);
        Assert.Equal(1, points[0].Efficiency, 1e-9);
        Assert.Equal(Planner.MostNodes, points[^1].Step.Nodes);
        for (int i = 1; i < points.Count; i++)
        {
            Assert.InRange(points[i].Efficiency, 0, points[i - 1].Efficiency + 0.02);
            Assert.True(points[i].Step.Goodput <= points[i - 1].Step.Goodput + 1e-6);
            Assert.True(points[i].Step.CheckpointIntervalSeconds < points[i - 1].Step.CheckpointIntervalSeconds);
            Assert.True(points[i].Step.BatchTokens >= points[i - 1].Step.BatchTokens / 2);
        }
    }

    [Fact]
    public void One_device_neither_waits_nor_talks()
    {
        DataParallelStep one = Simulate(1e18, 1)[0].Step;
        Assert.Equal((0.0, 0.0, 0.0, 1.0), (one.AllReduceSeconds, one.ExposedSeconds, one.StragglerSeconds, one.TokenFactor));
    }

    [Fact]
    public void The_ring_moves_twice_the_gradients_at_most()
    {
        HardwareCatalog catalog = HardwareCatalog.Read("/no/such/folder");
        TrainingPlan plan = PlannerTests.Planned(PlannerTests.Request(flop: 1e18))!;
        DataParallelStep four = Simulate(1e18, 4)[^1].Step;
        Link link = catalog.FindNetwork("ethernet-10g")!.Link;
        Assert.Equal((1.5 * plan.Shape.ParameterCount * 4 / link.BytesPerSecond) + (6 * link.LatencySeconds), four.AllReduceSeconds, 1e-12);
    }

    [Fact]
    public void Checkpoints_follow_Young_and_Daly()
    {
        DataParallelStep step = Simulate(1e20, 1024)[^1].Step;
        TrainingPlan plan = PlannerTests.Planned(PlannerTests.Request(flop: 1e20))!;
        double write = 16.0 * plan.Shape.ParameterCount / 1e12; // 1,024 GB/s asked, 1 TB/s had
        Assert.Equal(Math.Sqrt(2 * write * 50_700 * 3600 / 1024), step.CheckpointIntervalSeconds, 1e-6 * step.CheckpointIntervalSeconds);
    }

    [Fact]
    public void The_batch_never_grows_past_the_critical_one_unless_a_row_a_device_asks_for_it()
    {
        PlanRequest request = PlannerTests.Request(flop: 1e18);
        TrainingPlan plan = PlannerTests.Planned(request)!;
        double critical = TrainingRules.CriticalBatch(ScalingLaw.Besiroglu.Loss(plan.Shape.ParameterCount, ScalingLaw.Besiroglu.OptimalTokens(plan.Shape.ParameterCount)));
        Assert.All(ScalingForecast.Simulate(request, plan, Planner.MostNodes), p => Assert.True(p.Step.BatchTokens <= Math.Max(critical * 1.5, p.Step.Nodes * (double)plan.Shape.ContextLength), $"{p.Step}"));
    }

    private static IReadOnlyList<ScalingPoint> Simulate(double flop, int most)
    {
        PlanRequest request = PlannerTests.Request(flop: flop);
        return ScalingForecast.Simulate(request, PlannerTests.Planned(request)!, most);
    }
}
