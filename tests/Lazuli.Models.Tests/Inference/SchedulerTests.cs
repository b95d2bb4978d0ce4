using CsCheck;
using Lazuli.Contracts;
using Lazuli.Inference;

namespace Lazuli.Models.Tests;

public class SchedulerTests
{
    /// <summary>Cool enough that only letters come, warm enough that choices differ.</summary>
    private static readonly SamplingOptions Varied = new() { Temperature = 0.4, TopP = 0.999 };

    [Fact]
    public void A_cancelled_job_gives_back_slot_and_pages_within_one_step()
    {
        using var bench = new SchedulerBench(TinyModel.Letters());
        var kept = new RecordingSink();
        var dropped = new RecordingSink();
        GenerationJob victim = bench.Job("two", dropped, maxNewTokens: 100);
        bench.Scheduler.Enqueue(bench.Job("one", kept, maxNewTokens: 20));
        bench.Scheduler.Enqueue(victim);
        Step(bench, 5);
        int freeBefore = bench.Statistics.FreePages;

        victim.Cancel();
        bench.Scheduler.Step();

        Assert.Equal(1, bench.Statistics.RunningSequences);
        Assert.Equal(freeBefore + 7, bench.Statistics.FreePages); // 4 + 100 − 1 tokens in pages of 16
        Assert.IsType<OperationCanceledException>(dropped.Failure);
        Assert.Null(dropped.Usage);
        bench.StepUntilIdle();
        Assert.Equal(20, kept.Texts[0].Length);
    }

    [Fact]
    public void A_job_cancelled_while_it_waits_never_runs()
    {
        using var bench = new SchedulerBench(TinyModel.Letters(), slots: 1);
        var waiting = new RecordingSink();
        GenerationJob job = bench.Job("two", waiting);
        bench.Scheduler.Enqueue(bench.Job("one", new RecordingSink(), maxNewTokens: 50));
        bench.Scheduler.Enqueue(job);
        Step(bench, 3);
        Assert.Equal(1, bench.Statistics.WaitingRequests);

        job.Cancel();
        bench.Scheduler.Step();

        Assert.Equal(0, bench.Statistics.WaitingRequests);
        Assert.Contains(job, bench.Ended);
        Assert.Empty(waiting.Texts);
    }

    [Fact]
    public void Decoding_goes_on_at_every_step_of_a_long_prompt()
    {
        using var bench = new SchedulerBench(TinyModel.Letters(), prefillLimit: 8);
        var decoding = new RecordingSink();
        bench.Scheduler.Enqueue(bench.Job("ab", decoding, maxNewTokens: 60));
        Step(bench, 1);
        var prompt = new RecordingSink();
        bench.Scheduler.Enqueue(bench.Job(new string('x', 79), prompt, maxNewTokens: 5));

        for (int step = 1; step <= 10; step++)
        {
            bench.Scheduler.Step();
            Assert.Equal(1 + step, decoding.Texts[0].Length);
            Assert.Equal(step < 10 ? 0 : 1, prompt.Texts.Sum(text => text.Length));
        }
    }

    [Fact]
    public void Two_prompts_share_the_prefill_of_a_step()
    {
        using var bench = new SchedulerBench(TinyModel.Letters(), pageSize: 4, prefillLimit: 16);
        RecordingSink[] sinks = [new(), new()];
        bench.Scheduler.Enqueue(bench.Job(new string('x', 100), sinks[0], maxNewTokens: 5));
        bench.Scheduler.Enqueue(bench.Job(new string('y', 15), sinks[1], maxNewTokens: 5));

        Step(bench, 2);

        Assert.Empty(sinks[0].Texts);
        Assert.Equal(1, sinks[1].Texts[0].Length);
    }

    [Fact]
    public void Choices_share_the_full_pages_of_their_prompt()
    {
        using var bench = new SchedulerBench(TinyModel.Letters(), slots: 4, pages: 16);
        bench.Scheduler.Enqueue(bench.Job(new string('p', 39), new RecordingSink(), maxNewTokens: 8, choices: 3)); // 40 + 7 tokens: 3 pages, 2 of them full of prompt

        Step(bench, 2);

        Assert.Equal(3, bench.Statistics.RunningSequences);
        Assert.Equal(16 - 3 - 1 - 1, bench.Statistics.FreePages);
        Assert.Equal(40 + 8 + 8, bench.Statistics.PromptTokens);
        bench.StepUntilIdle();
        Assert.Equal(16, bench.Statistics.FreePages);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(47)]
    public void Choices_are_the_same_at_once_and_one_after_another(int promptLength)
    {
        string[][] texts = [.. new[] { 1, 2, 8 }.Select(slots =>
        {
            using var bench = new SchedulerBench(TinyModel.Letters(), slots);
            var sink = new RecordingSink();
            bench.Scheduler.Enqueue(bench.Job(new string('q', promptLength), sink, maxNewTokens: 12, choices: 6, sampling: Varied));
            bench.StepUntilIdle();
            Assert.Equal(new TokenUsage(promptLength + 1, 72, 0), sink.Usage);
            return sink.Texts;
        })];

        Assert.InRange(texts[0].Distinct().Count(), 3, 6);
        Assert.Equal(texts[0], texts[1]);
        Assert.Equal(texts[0], texts[2]);
    }

    [Fact]
    public void A_job_of_many_choices_does_not_keep_others_out()
    {
        using var bench = new SchedulerBench(TinyModel.Letters(), slots: 2);
        var sink = new RecordingSink();
        bench.Scheduler.Enqueue(bench.Job("many", new RecordingSink(), maxNewTokens: 5, choices: 50));
        Step(bench, 2);
        bench.Scheduler.Enqueue(bench.Job("one", sink, maxNewTokens: 5));

        Step(bench, 15);

        Assert.NotNull(sink.Usage);
    }

    [Fact]
    public void Jobs_that_need_every_page_run_one_after_another()
    {
        using var bench = new SchedulerBench(TinyModel.Letters(), slots: 4, pages: 8);
        RecordingSink[] sinks = [new(), new(), new()];
        foreach (RecordingSink sink in sinks)
        {
            bench.Scheduler.Enqueue(bench.Job(new string('z', 60), sink, maxNewTokens: 60, choices: 2));
        }

        bench.StepUntilIdle();

        Assert.All(sinks, sink => Assert.Equal([60, 60], sink.Texts.Select(text => text.Length)));
        Assert.Equal(8, bench.Statistics.FreePages);
    }

    [Fact]
    public void Damaged_weights_fail_the_request_with_the_reason()
    {
        using var bench = new SchedulerBench(TinyModel.Letters().Damaged());
        var sink = new RecordingSink();
        bench.Scheduler.Enqueue(bench.Job("x", sink, choices: 2));

        bench.StepUntilIdle();

        Assert.Contains("not finite", sink.Failure!.Message, StringComparison.Ordinal);
        Assert.Equal(bench.Statistics.TotalPages, bench.Statistics.FreePages);
    }

    /// <summary>Whatever comes, goes and is cancelled when: what is not cancelled says what it says alone, and in the end every page is free.</summary>
    [Fact]
    public void Any_traffic_leaves_answers_unchanged_and_the_pool_full()
    {
        TinyModel tiny = TinyModel.Letters();
        var alone = new Dictionary<(int, int, int), string[]>();
        Gen<(int Length, int Tokens, int Choices, int StepsAfter, int Cancel)> arrival =
            Gen.Select(Gen.OneOf(Gen.Int[0, 3], Gen.Int[40, 43]), Gen.Int[1, 3], Gen.Int[1, 3], Gen.Int[0, 4], Gen.Int[0, 9]);
        Gen.Select(arrival.Array[1, 8], Gen.Int[1, 5], Gen.Int[8, 20], Gen.OneOf(Gen.Const(3), Gen.Const(64))).Sample((arrivals, slots, pages, prefill) =>
        {
            using var bench = new SchedulerBench(tiny, slots, pages, prefillLimit: prefill);
            var jobs = new List<(GenerationJob Job, RecordingSink Sink, (int, int, int) Key)>();
            foreach ((int length, int tokens, int choices, int stepsAfter, int cancel) in arrivals)
            {
                var sink = new RecordingSink();
                GenerationJob job = Job(bench, sink, length, tokens, choices);
                bench.Scheduler.Enqueue(job);
                jobs.Add((job, sink, (length, tokens, choices)));
                Step(bench, stepsAfter);
                if (cancel < jobs.Count)
                {
                    jobs[cancel].Job.Cancel();
                }
            }

            bench.StepUntilIdle();

            Assert.Equal(pages, bench.Statistics.FreePages);
            Assert.Equal(jobs.Count, bench.Ended.Distinct().Count());
            Assert.Equal(jobs.Count, bench.Ended.Count);
            foreach ((GenerationJob job, RecordingSink sink, (int, int, int) key) in jobs)
            {
                Assert.True(sink.Usage is not null || job.IsCancelled);
                if (sink.Usage is not null)
                {
                    Assert.Equal(Alone(key), sink.Texts);
                }
            }
        }, iter: 60);

        string[] Alone((int Length, int Tokens, int Choices) key)
        {
            lock (alone)
            {
                if (!alone.TryGetValue(key, out string[]? texts))
                {
                    using var bench = new SchedulerBench(tiny);
                    var sink = new RecordingSink();
                    bench.Scheduler.Enqueue(Job(bench, sink, key.Length, key.Tokens, key.Choices));
                    bench.StepUntilIdle();
                    alone[key] = texts = sink.Texts;
                }

                return texts;
            }
        }

        static GenerationJob Job(SchedulerBench bench, RecordingSink sink, int length, int tokens, int choices) =>
            bench.Job(new string('m', length), sink, maxNewTokens: tokens * 6, choices, Varied, seed: length);
    }

    [Theory]
    [InlineData(0, 1, 0)]
    [InlineData(0.3, 1, 0)]
    [InlineData(0.3, 0.9, 0)]
    [InlineData(0.3, 0.9, 20)]
    public void A_decoding_step_allocates_nothing(double temperature, double topP, int topK)
    {
        using var bench = new SchedulerBench(TinyModel.Letters(), threads: 2);
        var sink = new SilentSink();
        var sampling = new SamplingOptions { Temperature = temperature, TopP = topP, TopK = topK };
        for (int i = 0; i < 4; i++)
        {
            bench.Scheduler.Enqueue(bench.Job("abc", sink, maxNewTokens: 110, sampling: sampling));
        }

        Step(bench, 40);
        int charactersBefore = sink.Characters;
        long before = GC.GetAllocatedBytesForCurrentThread();
        Step(bench, 50);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal(0, allocated);
        Assert.InRange(sink.Characters - charactersBefore, 100, 400);
    }

    private static void Step(SchedulerBench bench, int count)
    {
        for (int i = 0; i < count; i++)
        {
            bench.Scheduler.Step();
        }
    }
}
