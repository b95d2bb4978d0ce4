using CsCheck;
using Lazuli.Contracts;
using Lazuli.Inference;

namespace Lazuli.Models.Tests;

public class SpeculationTests
{
    [Theory]
    [InlineData(new[] { 1, 2, 3, 9, 1, 2 }, 2, new[] { 3, 9 })] // after 1 2 came 3 9
    [InlineData(new[] { 1, 2, 3, 1, 2, 4, 1, 2 }, 1, new[] { 4 })] // the latest place counts
    [InlineData(new[] { 5, 1, 2, 3, 6, 1, 2, 7, 5, 1, 2 }, 1, new[] { 3 })] // unless an earlier one agrees for longer
    [InlineData(new[] { 1, 2, 1, 2, 1, 2 }, 5, new[] { 1, 2, 1, 2, 1 })] // a text that repeats keeps repeating
    [InlineData(new[] { 7, 7, 7 }, 3, new[] { 7, 7, 7 })]
    [InlineData(new[] { 1, 2, 3, 4 }, 3, new int[0])]
    [InlineData(new[] { 1, 2, 1 }, 3, new int[0])] // one token alone says too little
    [InlineData(new[] { 1 }, 3, new int[0])]
    [InlineData(new[] { 1, 1, 1 }, 0, new int[0])]
    public void Guesses_what_followed_the_last_time(int[] text, int most, int[] expected)
    {
        int[] tokens = [.. text, .. new int[most]];
        int count = NGramDraft.Propose(tokens, text.Length, most);
        Assert.Equal(expected, tokens[text.Length..(text.Length + count)]);
        Assert.Equal(text, tokens[..text.Length]);
    }

    [Fact]
    public void Guesses_are_what_a_plain_search_finds() => Gen.Select(Gen.Int[0, 2].Array[1, 40], Gen.Int[1, 8]).Sample((text, most) =>
    {
        int[] tokens = [.. text, .. new int[most]];
        int count = NGramDraft.Propose(tokens, text.Length, most);
        var expected = new List<int>(text);
        for (int length = Math.Min(4, text.Length - 1); length >= 2 && expected.Count == text.Length; length--)
        {
            for (int at = text.Length - 1 - length; at >= 0 && expected.Count == text.Length; at--)
            {
                if (text.Skip(at).Take(length).SequenceEqual(text[^length..]))
                {
                    for (int i = 0; i < most; i++)
                    {
                        expected.Add(expected[at + length + i]);
                    }
                }
            }
        }

        Assert.Equal(expected, tokens[..(text.Length + count)]);
    });

    [Theory]
    [InlineData(0.0, 1.0, 8)] // further rows are free and guesses come true: take all
    [InlineData(1.0, 1.0, 0)] // each row costs a whole step
    [InlineData(0.0, 0.02, 0)] // rows are free, but noise must not decide
    [InlineData(0.3, 0.9, 5)]
    [InlineData(0.3, 0.7, 2)]
    [InlineData(0.3, 0.3, 0)]
    public void Feeds_along_as_many_guesses_as_pay(double rowShare, double comesTrue, int expected)
    {
        (DraftPlanner planner, AnswerSequence sequence, _) = Repeating(rows => 0.04 * (1 + (rowShare * (rows - 1))));
        sequence.GuessesTrue = comesTrue;

        planner.Plan([sequence], rowsLeft: 16);

        Assert.Equal(8, sequence.Proposed);
        Assert.Equal(expected, sequence.DraftRows);
    }

    [Fact]
    public void Tries_what_it_has_not_measured_where_guesses_come_true()
    {
        (DraftPlanner planner, AnswerSequence sequence, _) = Repeating(rows => 0.04, measured: 1);
        planner.Plan([sequence], rowsLeft: 16);
        Assert.Equal(8, sequence.DraftRows);
    }

    [Fact]
    public void Feeds_no_guesses_beside_a_prompt_or_past_the_room_or_the_answer()
    {
        (DraftPlanner planner, AnswerSequence sequence, PageBudget pages) = Repeating(rows => 0.04);
        var prompt = new AnswerSequence(Job(new int[20], 10), 0);
        Assert.True(pages.TryOpen(prompt, spare: 0));
        planner.Plan([sequence, prompt], rowsLeft: 16);
        Assert.Equal((8, 0), (sequence.Proposed, sequence.DraftRows));

        planner.Plan([sequence], rowsLeft: 3);
        Assert.Equal(3, sequence.DraftRows);
        sequence.Known = sequence.Tokens.Length - 2;
        sequence.Position = sequence.Known - 1;
        planner.Plan([sequence], rowsLeft: 16);
        Assert.Equal(1, sequence.DraftRows); // of two tokens that are left, one needs no guess
    }

    [Fact]
    public void Takes_no_page_from_anybody_for_guesses()
    {
        (DraftPlanner planner, AnswerSequence sequence, PageBudget pages) = Repeating(rows => 0.04);
        var other = new AnswerSequence(Job(new int[16 * 6], 10), 0);
        Assert.True(pages.TryOpen(other, spare: 0));
        Assert.Equal(0, pages.Available);
        sequence.Known = 29;
        sequence.Position = 28;

        planner.Plan([sequence], rowsLeft: 16);

        Assert.Equal((8, 3), (sequence.Proposed, sequence.DraftRows)); // what is left of its own pages
    }

    [Fact]
    public void Answers_keep_to_their_grammar_and_stops_the_same_with_speculation()
    {
        foreach (int seed in Enumerable.Range(0, 6))
        {
            (string[] off, _) = Say(speculate: false, seed);
            (string[] on, EngineStatistics statistics) = Say(speculate: true, seed);
            Assert.Equal(off, on);
            Assert.True(statistics.DraftedTokens > 0);
            Assert.Matches("^((ab)|(cd)){10,25}$", on[0]);
        }

        static (string[] Texts, EngineStatistics Statistics) Say(bool speculate, int seed)
        {
            using var bench = new SchedulerBench(TinyModel.Llama(), speculate: speculate);
            VocabularyGrammar grammar = new GrammarLibrary(bench.Prompts.Vocabulary).Find(new OutputConstraint.Regex("((ab)|(cd)){10,25}"));
            RecordingSink constrained = new(), stopped = new();
            bench.Scheduler.Enqueue(bench.Job("abab", constrained, maxNewTokens: 60, sampling: new SamplingOptions { Temperature = 1 }, seed: seed, grammar: grammar));
            bench.Scheduler.Enqueue(bench.Job("abab", stopped, maxNewTokens: 60, seed: seed, stops: ["ba", "zz"], grammar: new GrammarLibrary(bench.Prompts.Vocabulary).Find(new OutputConstraint.Regex("a{30,40}ba{9}"))));
            bench.StepUntilIdle();
            Assert.Equal(FinishReason.Stop, stopped.Reasons[0]);
            return ([constrained.Texts[0], .. stopped.Texts], bench.Statistics);
        }
    }

    private static GenerationJob Job(int[] prompt, int most) => new(prompt, new SamplingOptions(), seed: 1, most, choices: 1, isChat: false, new StopMatcher([]), new SilentSink());

    /// <summary>A sequence of 20 tokens that repeats itself, on two of eight pages, and a machine whose steps were all measured.</summary>
    private static (DraftPlanner Planner, AnswerSequence Sequence, PageBudget Pages) Repeating(Func<int, double> seconds, int measured = 17)
    {
        var cost = new StepCost(17);
        for (int rows = 1; rows <= measured; rows++)
        {
            cost.Observe(rows, 0, seconds(rows));
        }

        var pages = new PageBudget(new PageTable(slots: 2, pages: 8, pageSize: 16, pagesPerSequence: 8), prefixes: null, static _ => { });
        var sequence = new AnswerSequence(Job([.. Enumerable.Range(0, 19).Select(i => i % 3)], 60), 0);
        sequence.Known++;
        sequence.Tokens[19] = 1;
        Assert.True(pages.TryOpen(sequence, spare: 0));
        sequence.Position = 19;
        return (new DraftPlanner(cost, pages), sequence, pages);
    }
}
