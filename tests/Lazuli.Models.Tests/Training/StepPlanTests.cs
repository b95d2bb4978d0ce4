using Lazuli.Training;

namespace Lazuli.Models.Tests;

public sealed class StepPlanTests
{
    private static readonly ScheduleRecipe s_schedule = new() { Kind = ScheduleKind.Wsd, DecayFraction = 0.25, WarmupSteps = 2 };

    [Fact]
    public void Tokens_are_rounded_up_to_whole_steps() =>
        Assert.Equal(4, new StepPlan(new DurationRecipe { Tokens = 3001 }, s_schedule, 1000, new TrainingState()).TotalSteps);

    [Fact]
    public void A_time_budget_becomes_steps_from_the_pace_of_the_first_ones()
    {
        StepPlan plan = Minutes(1, new TrainingState());

        // The first step takes 3 s, the others 0.5 s each.
        for (int step = 1; step < StepPlan.ProbeSteps; step++)
        {
            Assert.False(plan.Observe(step, 3 + (0.5 * (step - 1))));
            Assert.Null(plan.TotalSteps);
        }

        Assert.True(plan.Observe(6, 5.5));
        Assert.Equal(6 + (long)(((60 * 0.98) - 5.5) / 0.5), plan.TotalSteps);
    }

    [Theory]
    [InlineData(0.5, 0.5)]
    [InlineData(0.5, 1.0)]
    [InlineData(1.0, 0.5)]
    public void A_run_whose_pace_changes_ends_near_its_budget_and_anneals(double early, double late)
    {
        StepPlan plan = Minutes(2, new TrainingState());
        double elapsed = 0;
        double share = 1;
        long step = 0;
        while (!plan.IsOver(step))
        {
            double before = share;
            share = plan.RateShare(step);
            Assert.True(step < 2 || share > before - 0.3, $"the rate jumps from {before} to {share} at step {step}");
            elapsed += elapsed < 30 ? early : late;
            step++;
            plan.Observe(step, elapsed);
        }

        Assert.InRange(elapsed, 95, 135);
        Assert.InRange(share, 0.0, 0.05);
    }

    [Fact]
    public void A_resumed_run_keeps_its_number_of_steps()
    {
        StepPlan plan = Minutes(1, new TrainingState { Step = 50, PlannedSteps = 200, ElapsedSeconds = 10 });

        Assert.False(plan.Observe(60, 59));
        Assert.Equal(200, plan.TotalSteps);
    }

    private static StepPlan Minutes(double minutes, TrainingState state) => new(new DurationRecipe { Minutes = minutes }, s_schedule, 1000, state);
}
