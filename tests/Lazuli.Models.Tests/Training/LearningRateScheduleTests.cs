using Lazuli.Training;

namespace Lazuli.Models.Tests;

public sealed class LearningRateScheduleTests
{
    [Theory]
    [InlineData(0, 0.25)]
    [InlineData(1, 0.5)]
    [InlineData(3, 1.0)]
    [InlineData(4, 1.0)]
    [InlineData(79, 1.0)]
    [InlineData(80, 1.0)] // r = 0
    [InlineData(85, 0.55)] // 0.1 + (1 − √(5/20))·0.9
    [InlineData(99, 0.12278851)] // 0.1 + (1 − √(19/20))·0.9
    [InlineData(100, 0.1)]
    [InlineData(5000, 0.1)]
    public void Warmup_stable_decay_falls_as_one_minus_the_root(long step, double expected) =>
        Assert.Equal(expected, Schedule(ScheduleKind.Wsd).ShareAt(step, 100), 1e-7);

    [Theory]
    [InlineData(80, 1.0)]
    [InlineData(90, 0.55)]
    [InlineData(99, 0.145)]
    public void Warmup_stable_decay_falls_as_a_line_where_asked(long step, double expected) =>
        Assert.Equal(expected, Schedule(ScheduleKind.Wsd, DecayShape.Linear).ShareAt(step, 100), 1e-12);

    [Theory]
    [InlineData(3, 1.0)]
    [InlineData(4, 1.0)]
    [InlineData(52, 0.55)]
    [InlineData(100, 0.1)]
    public void Cosine_falls_over_half_a_period(long step, double expected) =>
        Assert.Equal(expected, Schedule(ScheduleKind.Cosine).ShareAt(step, 100), 1e-12);

    [Theory]
    [InlineData(4, 1.0)]
    [InlineData(28, 0.775)]
    [InlineData(100, 0.1)]
    public void Linear_falls_in_a_line(long step, double expected) =>
        Assert.Equal(expected, Schedule(ScheduleKind.Linear).ShareAt(step, 100), 1e-12);

    [Fact]
    public void Constant_never_falls() => Assert.Equal(1.0, Schedule(ScheduleKind.Constant).ShareAt(99, 100));

    [Theory]
    [InlineData(ScheduleKind.Wsd)]
    [InlineData(ScheduleKind.Cosine)]
    [InlineData(ScheduleKind.Linear)]
    [InlineData(ScheduleKind.Constant)]
    public void A_run_shorter_than_its_warmup_still_has_a_rate(ScheduleKind kind)
    {
        double[] shares = [.. Enumerable.Range(0, 3).Select(step => Schedule(kind).ShareAt(step, 3))];

        Assert.Equal([1 / 3.0, 2 / 3.0, 1.0], shares);
    }

    [Fact]
    public void The_plateau_does_not_depend_on_the_length_of_the_run()
    {
        LearningRateSchedule schedule = Schedule(ScheduleKind.Wsd);

        Assert.Equal(80, schedule.DecayStart(100));
        for (long step = 0; step < 80; step++)
        {
            Assert.Equal(schedule.ShareAt(step, 100), schedule.ShareAt(step, long.MaxValue));
        }
    }

    private static LearningRateSchedule Schedule(ScheduleKind kind, DecayShape shape = DecayShape.Sqrt) =>
        new(new ScheduleRecipe { Kind = kind, WarmupSteps = 4, DecayFraction = 0.2, DecayShape = shape, Floor = 0.1 });
}
