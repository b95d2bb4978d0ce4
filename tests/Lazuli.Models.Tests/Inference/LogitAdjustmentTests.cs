using Lazuli.Contracts;
using Lazuli.Inference;

namespace Lazuli.Models.Tests;

public class LogitAdjustmentTests
{
    [Fact]
    public void Biases_add_and_minus_100_forbids()
    {
        float[] logits = [1, 2, 3];
        LogitAdjustment.Apply(new SamplingOptions { LogitBias = new Dictionary<int, double> { [0] = 5, [2] = -100 } }, counts: null, logits);
        Assert.Equal([6, 2, float.NegativeInfinity], logits);
    }

    [Fact]
    public void Frequency_and_presence_look_at_the_answer_alone()
    {
        TokenCounts counts = Counts(prompt: [0, 1], generated: [1, 2, 2, 2]);
        float[] logits = [10, 10, 10, 10];
        LogitAdjustment.Apply(new SamplingOptions { FrequencyPenalty = 0.5, PresencePenalty = 1 }, counts, logits);
        Assert.Equal([10, 8.5f, 7.5f, 10], logits);
    }

    [Fact]
    public void Repetition_looks_at_prompt_and_answer_and_lowers_either_sign()
    {
        TokenCounts counts = Counts(prompt: [0], generated: [1]);
        float[] logits = [4, -4, 4];
        LogitAdjustment.Apply(new SamplingOptions { RepetitionPenalty = 2 }, counts, logits);
        Assert.Equal([2, -8, 4], logits);
    }

    [Fact]
    public void Counts_know_each_token_once()
    {
        TokenCounts counts = Counts(prompt: [7, 7, 8], generated: [8, 9, 8]);
        Assert.Equal([(7, 0), (8, 2), (9, 1)], Enumerable.Range(0, counts.Distinct).Select(p => (counts.Id(p), counts.Generated(p))));
    }

    [Fact]
    public void Options_that_change_nothing_ask_for_nothing()
    {
        Assert.False(LogitAdjustment.IsNeeded(new SamplingOptions { Temperature = 0.1, TopP = 0.5, MinP = 0.1 }));
        Assert.True(LogitAdjustment.IsNeeded(new SamplingOptions { PresencePenalty = -0.1 }));
    }

    private static TokenCounts Counts(int[] prompt, int[] generated)
    {
        var counts = new TokenCounts(prompt, generated.Length);
        foreach (int id in generated)
        {
            counts.Add(id);
        }

        return counts;
    }
}
