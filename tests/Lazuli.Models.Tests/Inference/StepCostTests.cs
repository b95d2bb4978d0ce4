using Lazuli.Inference;

namespace Lazuli.Models.Tests;

public class StepCostTests
{
    /// <summary>A machine of 40 ms for four rows, and as much for each further four, begun or full.</summary>
    private static double Machine(int rows) => 0.040 * Math.Max(1, (rows + 3) / 4);

    [Fact]
    public void A_prompt_has_the_whole_step_while_nothing_decodes()
    {
        var cost = new StepCost(32);
        Assert.Equal(256, cost.PromptRows(rows: 0, 0.2, 256));
        cost.Observe(0, 256, 5);
        Assert.Equal(256, cost.PromptRows(rows: 0, 0.2, 256));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    [InlineData(16)]
    public void Steps_come_to_last_what_they_should_and_stay_there(int decoding)
    {
        var cost = new StepCost(32);
        for (int i = 0; i < 10; i++)
        {
            cost.Observe(decoding, 0, Machine(decoding));
        }

        var lasted = new List<double>();
        for (int step = 0; step < 60; step++)
        {
            int rows = cost.PromptRows(decoding, 0.25, 256);
            double seconds = Machine(decoding + rows);
            cost.Observe(decoding, rows, seconds);
            if (step > 20)
            {
                lasted.Add(seconds);
                Assert.Equal(0, (decoding + rows) % 4);
                Assert.InRange(seconds, 0.25 - 0.04, 0.25 + 0.04); // a tile of rows either way
            }
        }

        Assert.InRange(lasted.Average(), 0.24, 0.255);
    }

    [Fact]
    public void One_disturbed_step_does_not_stop_a_prompt()
    {
        var cost = new StepCost(32);
        for (int i = 0; i < 20; i++)
        {
            cost.Observe(8, 0, Machine(8));
            cost.Observe(8, 17, Machine(25));
        }

        int before = cost.PromptRows(8, 0.25, 256);
        cost.Observe(8, 17, 10);
        Assert.InRange(cost.PromptRows(8, 0.25, 256), before - 4, before);
    }

    [Fact]
    public void Prompts_get_a_third_of_the_rows_where_decoding_alone_takes_the_time()
    {
        var cost = new StepCost(64);
        cost.Observe(0, 16, 0.16);
        cost.Observe(40, 0, 0.5);

        Assert.Equal(20, cost.PromptRows(40, 0.2, 256));
        Assert.Equal(15, cost.PromptRows(40, 0.2, 15));
        cost.Observe(2, 0, 0.5);
        Assert.Equal([6, 10, 6, 10], Enumerable.Range(0, 4).Select(_ => cost.PromptRows(2, 0.2, 256))); // eight on average
    }

    [Fact]
    public void What_was_not_measured_lies_on_a_line_between_what_was()
    {
        var cost = new StepCost(16);
        Assert.Equal(0, cost.SecondsOf(4));
        cost.Observe(2, 0, 0.040);
        Assert.Equal(0.040, cost.SecondsOf(1));
        Assert.Equal(0.040, cost.SecondsOf(9));
        cost.Observe(10, 0, 0.120);
        Assert.Equal(0.080, cost.SecondsOf(6), 6);
        Assert.Equal(0.120, cost.SecondsOf(16), 6);
        Assert.Equal(0, cost.SecondsOf(0));
        Assert.Equal((1, 0, long.MaxValue), (cost.StepsSince(2), cost.StepsSince(10), cost.StepsSince(3)));
    }

    [Fact]
    public void First_steps_that_pay_for_compiling_are_forgotten()
    {
        var cost = new StepCost(4);
        cost.Observe(1, 0, 3);
        cost.Observe(1, 0, 0.04);
        Assert.Equal(0.04, cost.SecondsOf(1));
    }
}
