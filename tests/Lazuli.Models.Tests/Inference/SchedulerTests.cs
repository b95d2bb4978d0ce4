using CsCheck;
using Lazuli.Contracts;
using Lazuli.Inference;
using Lazuli.Testing;

namespace Lazuli.Models.Tests;

public class SchedulerTests
{
    /// <summary>Cool enough that only letters come, warm enough that choices differ.</summary>
    private static readonly SamplingOptions Varied = new() { Temperature = 0.4, TopP = 0.999 };

    private static readonly ComputeParty s_many = new("p", "many");
    private static readonly ComputeParty s_lone = new("p", "lone");

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
        Assert.Equal(freeBefore + 1, bench.Statistics.FreePages); // 4 + 5 tokens so far in pages of 16
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

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_sequence_that_loses_its_pages_says_what_it_says_alone(bool reusePrefixes)
    {
        string[] Texts(int pages, out EngineStatistics statistics)
        {
            using var bench = new SchedulerBench(TinyModel.Letters(), slots: 4, pages, reusePrefixes: reusePrefixes);
            RecordingSink[] sinks = [.. Enumerable.Range(0, 4).Select(_ => new RecordingSink())];
            for (int i = 0; i < 4; i++)
            {
                var sampling = Varied with { RepetitionPenalty = 1.1, FrequencyPenalty = 0.2 };
                bench.Scheduler.Enqueue(bench.Job(new string((char)('a' + i), 20 + i), sinks[i], maxNewTokens: 70, sampling: sampling, seed: i, choices: 1 + (i % 2)));
            }

            bench.StepUntilIdle();
            statistics = bench.Statistics;
            Assert.Equal(bench.Statistics.TotalPages, bench.Statistics.FreePages);
            Assert.Equal(70 * 6, bench.Meter.Sums[""].GeneratedTokens);
            return [.. sinks.SelectMany(sink => sink.Texts)];
        }

        string[] roomy = Texts(32, out EngineStatistics calm);
        string[] short_ = Texts(8, out EngineStatistics pressed);

        Assert.Equal(roomy, short_);
        Assert.Equal(0, calm.Preemptions);
        Assert.InRange(pressed.Preemptions, 1, 200);
        Assert.Equal(calm.GeneratedTokens, pressed.GeneratedTokens);
        Assert.Equal(calm.PromptTokens, pressed.PromptTokens); // what is fed again is not counted again
    }

    [Fact]
    public void What_a_job_is_charged_does_not_depend_on_lost_pages()
    {
        double Flop(int pages)
        {
            using var bench = new SchedulerBench(TinyModel.Letters(), slots: 4, pages);
            for (int i = 0; i < 4; i++)
            {
                bench.Scheduler.Enqueue(bench.Job("abc", new RecordingSink(), maxNewTokens: 70, choices: 2));
            }

            bench.StepUntilIdle();
            return bench.Meter.Sums[""].Flop;
        }

        Assert.Equal(Flop(32), Flop(8), 1e-3);
    }

    [Fact]
    public void The_newest_of_the_lowest_priority_makes_way_first()
    {
        using var bench = new SchedulerBench(TinyModel.Letters(), slots: 3, pages: 8);
        var ended = new List<int>();
        int[] priorities = [1, 0, 1];
        for (int i = 0; i < 3; i++)
        {
            int me = i;
            bench.Scheduler.Enqueue(bench.Job("abc", new EndSink(() => ended.Add(me)), maxNewTokens: 70, priority: priorities[i]));
        }

        bench.StepUntilIdle();

        Assert.Equal([1, 0, 2], ended); // all want five pages in the end, and there are eight
        Assert.True(bench.Statistics.Preemptions > 0);
    }

    [Fact]
    public void A_request_of_higher_priority_starts_at_once_though_all_slots_are_taken()
    {
        using var bench = new SchedulerBench(TinyModel.Letters(), slots: 2);
        RecordingSink[] sinks = [new(), new(), new()];
        bench.Scheduler.Enqueue(bench.Job("a", sinks[0], maxNewTokens: 60, priority: 5));
        bench.Scheduler.Enqueue(bench.Job("b", sinks[1], maxNewTokens: 60, priority: 5));
        Step(bench, 3);
        bench.Scheduler.Enqueue(bench.Job("c", sinks[2], maxNewTokens: 5));

        Step(bench, 5);

        Assert.NotNull(sinks[2].Usage);
        Assert.Equal(1, bench.Statistics.Preemptions);
        bench.StepUntilIdle();
        Assert.Equal([60, 60], sinks[..2].Select(sink => sink.Texts[0].Length));
    }

    [Fact]
    public void A_party_with_one_request_starts_within_a_step_beside_one_with_a_hundred()
    {
        using var bench = new SchedulerBench(TinyModel.Letters(), slots: 4);
        var lone = new RecordingSink();
        for (int i = 0; i < 100; i++)
        {
            bench.Scheduler.Enqueue(bench.Job("abc", new RecordingSink(), maxNewTokens: 100, party: s_many));
        }

        Step(bench, 10);
        Assert.Equal(4, bench.Statistics.RunningSequences);
        bench.Scheduler.Enqueue(bench.Job("abc", lone, maxNewTokens: 3, party: s_lone));

        Step(bench, 1);
        Assert.Equal(1, lone.Texts[0].Length);
        Step(bench, 2);
        Assert.NotNull(lone.Usage);
    }

    [Fact]
    public void A_party_without_a_slot_need_not_wait_for_one_that_was_served_less_but_has_one()
    {
        using var bench = new SchedulerBench(TinyModel.Letters(context: 512), slots: 4);
        var poor = new ComputeParty("p", "poor");
        RecordingSink first = new(), second = new();
        for (int i = 0; i < 10; i++)
        {
            bench.Scheduler.Enqueue(bench.Job("abc", new RecordingSink(), maxNewTokens: 400, party: s_many));
        }

        Step(bench, 50);
        for (int i = 0; i < 3; i++)
        {
            bench.Scheduler.Enqueue(bench.Job("abc", new RecordingSink(), maxNewTokens: 400, party: poor));
        }

        bench.Scheduler.Enqueue(bench.Job(new string('l', 60), first, maxNewTokens: 40, party: s_lone));
        Step(bench, 60); // by now 101 tokens of its own, beside about 87 of the poor one's and 120 of the many's
        Assert.NotNull(first.Usage);
        bench.Scheduler.Enqueue(bench.Job("abc", second, maxNewTokens: 10, party: s_lone));
        Step(bench, 1);

        Assert.NotEmpty(second.Texts);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Parties_are_served_by_weight_while_both_have_work(double weight)
    {
        using var bench = new SchedulerBench(TinyModel.Letters(), slots: 2, weightOf: party => party == s_many ? weight : 1);
        for (int i = 0; i < 60; i++)
        {
            bench.Scheduler.Enqueue(bench.Job("abc", new RecordingSink(), maxNewTokens: 10 + (i % 7), party: i % 2 == 0 ? s_many : s_lone));
        }

        Step(bench, 150);

        Assert.True(bench.Statistics.WaitingRequests > 0);
        double ratio = (double)bench.Meter.Sums["many"].GeneratedTokens / bench.Meter.Sums["lone"].GeneratedTokens;
        Assert.InRange(ratio, 0.8 * weight, 1.25 * weight);
    }

    [Fact]
    public void A_party_with_many_prompts_does_not_slow_anothers()
    {
        using var bench = new SchedulerBench(TinyModel.Letters(), slots: 8, prefillLimit: 16);
        var lone = new RecordingSink();
        for (int i = 0; i < 7; i++)
        {
            bench.Scheduler.Enqueue(bench.Job(new string('x', 95), new RecordingSink(), maxNewTokens: 5, party: s_many));
        }

        bench.Scheduler.Enqueue(bench.Job(new string('y', 95), lone, maxNewTokens: 5, party: s_lone));
        Step(bench, 13); // 96 tokens are six steps alone, twelve beside one other

        Assert.Single(lone.Texts);
    }

    /// <summary>Whatever comes, goes and is cancelled when, whoever asks and however few pages there are: what is not cancelled says what it says alone, and in the end every page is free.</summary>
    [Fact]
    public void Any_traffic_leaves_answers_unchanged_and_the_pool_full()
    {
        TinyModel tiny = TinyModel.Letters();
        var alone = new Dictionary<(int, int, int), string[]>();
        long preemptions = 0;
        Gen<(int Length, int Tokens, int Choices, int StepsAfter, int Cancel, int Party, int Priority)> arrival =
            Gen.Select(Gen.OneOf(Gen.Int[0, 3], Gen.Int[40, 43]), Gen.Int[1, 6], Gen.Int[1, 3], Gen.Int[0, 4], Gen.Int[0, 9], Gen.Int[0, 2], Gen.Int[0, 1]);
        Gen.Select(arrival.Array[1, 8], Gen.Int[1, 5], Gen.Int[6, 20], Gen.OneOf(Gen.Const(3), Gen.Const(64)), Gen.Bool, Gen.Bool).Sample((arrivals, slots, pages, prefill, reuse, speculate) =>
        {
            using var bench = new SchedulerBench(tiny, slots, pages, prefillLimit: prefill, reusePrefixes: reuse, speculate: speculate);
            var jobs = new List<(GenerationJob Job, RecordingSink Sink, (int, int, int) Key)>();
            foreach ((int length, int tokens, int choices, int stepsAfter, int cancel, int party, int priority) in arrivals)
            {
                var sink = new RecordingSink();
                GenerationJob job = Job(bench, sink, length, tokens, choices, party == 0 ? null : new ComputeParty("p", $"{party}"), priority);
                bench.Scheduler.Enqueue(job);
                jobs.Add((job, sink, (length, tokens, choices)));
                Step(bench, stepsAfter);
                if (cancel < jobs.Count)
                {
                    jobs[cancel].Job.Cancel();
                }
            }

            for (int step = 0; bench.Scheduler.Step(); step++)
            {
                Assert.InRange(step, 0, 20_000); // something always ends
            }

            Interlocked.Add(ref preemptions, bench.Statistics.Preemptions);
            Assert.Equal(pages, bench.Statistics.FreePages);
            Assert.Equal((0, 0), (bench.Statistics.RunningSequences, bench.Statistics.WaitingRequests));
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
        }, iter: 100);

        Assert.True(preemptions > 0);

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

        static GenerationJob Job(SchedulerBench bench, RecordingSink sink, int length, int tokens, int choices, ComputeParty? party = null, int priority = 0) =>
            bench.Job(new string('m', length), sink, maxNewTokens: tokens * 8, choices, Varied, seed: length, party, priority);
    }

    [Theory]
    [InlineData(0, 1, 0, false)]
    [InlineData(0.3, 1, 0, false)]
    [InlineData(0.3, 0.9, 0, false)]
    [InlineData(0.3, 0.9, 20, false)]
    [InlineData(0, 1, 0, true)]
    [InlineData(0.3, 0.9, 20, true)]
    public void A_decoding_step_allocates_nothing(double temperature, double topP, int topK, bool speculate)
    {
        Measure(temperature, topP, topK, speculate); // what the process allocates at a path's first use, and once, is over then
        (long allocated, int characters, EngineStatistics statistics) = Measure(temperature, topP, topK, speculate);

        Assert.Equal(0, allocated);
        Assert.InRange(characters, 50, 2000);
        Assert.Equal(2, statistics.WaitingRequests);
        Assert.Equal(speculate, statistics.DraftedTokens > 0);
    }

    private static (long Allocated, int Characters, EngineStatistics Statistics) Measure(double temperature, double topP, int topK, bool speculate)
    {
        using var bench = new SchedulerBench(TinyModel.Letters(context: 1024), threads: 2, speculate: speculate);
        bench.Scheduler.Enqueue(bench.Job("abc", new SilentSink(), maxNewTokens: 900)); // beside a queue
        bench.Scheduler.Enqueue(bench.Job("abc", new SilentSink(), maxNewTokens: 900));
        var sink = new SilentSink();
        var sampling = new SamplingOptions { Temperature = temperature, TopP = topP, TopK = topK };
        for (int i = 0; i < 4; i++)
        {
            bench.Scheduler.Enqueue(bench.Job("abc", sink, maxNewTokens: 900, sampling: sampling));
        }

        Step(bench, 40);
        int charactersBefore = sink.Characters;
        ThreadAllocations counted = ThreadAllocations.Start();
        Step(bench, 50);
        long allocated = counted.Bytes;
        return (allocated, sink.Characters - charactersBefore, bench.Statistics);
    }

    private static void Step(SchedulerBench bench, int count)
    {
        for (int i = 0; i < count; i++)
        {
            bench.Scheduler.Step();
        }
    }
}
