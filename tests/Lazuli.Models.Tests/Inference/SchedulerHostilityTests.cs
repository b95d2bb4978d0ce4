using Lazuli.Contracts;
using Lazuli.Inference;

namespace Lazuli.Models.Tests;

/// <summary>What must not bring the scheduler down, nor touch anybody else's answer.</summary>
public class SchedulerHostilityTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_token_that_makes_logits_nan_fails_its_own_request_only(bool reusePrefixes)
    {
        string expected = Alone();
        using var bench = new SchedulerBench(TinyModel.Letters().DamagedAt('!'), slots: 2, pages: 16, reusePrefixes: reusePrefixes, speculate: true);
        var sinks = new List<(RecordingSink Good, RecordingSink Bad)>();
        for (int i = 0; i < 10; i++)
        {
            sinks.Add((new(), new()));
            bench.Scheduler.Enqueue(bench.Job("ab!" + new string('c', 20), sinks[i].Bad, maxNewTokens: 60, choices: 1 + (i % 2)));
            bench.Scheduler.Enqueue(bench.Job("abcab", sinks[i].Good, maxNewTokens: 60)); // on pages that held NaN before
        }

        bench.StepUntilIdle();

        Assert.All(sinks, pair => Assert.Equal(expected, pair.Good.Texts[0]));
        Assert.All(sinks, pair => Assert.Contains("not finite", pair.Bad.Failure!.Message, StringComparison.Ordinal));
        Assert.Equal(16, bench.Statistics.FreePages);

        static string Alone()
        {
            using var bench = new SchedulerBench(TinyModel.Letters());
            var sink = new RecordingSink();
            bench.Scheduler.Enqueue(bench.Job("abcab", sink, maxNewTokens: 60));
            bench.StepUntilIdle();
            return sink.Texts[0];
        }
    }

    [Fact]
    public void A_thousand_queued_jobs_all_end_and_their_pages_come_back()
    {
        using var bench = new SchedulerBench(TinyModel.Letters(), slots: 8, pages: 20, reusePrefixes: true, speculate: true);
        var sinks = new List<RecordingSink>();
        for (int i = 0; i < 1000; i++)
        {
            sinks.Add(new RecordingSink());
            bench.Scheduler.Enqueue(bench.Job(new string((char)('a' + (i % 26)), 1 + (i % 50)), sinks[i], maxNewTokens: 1 + (i % 9), party: new ComputeParty("p", $"{i % 13}"), priority: i % 3));
        }

        Assert.Equal(1000, bench.Statistics.WaitingRequests);
        bench.StepUntilIdle();

        Assert.All(sinks, (sink, i) => Assert.Equal(1 + (i % 9), sink.Usage!.Value.CompletionTokens));
        Assert.Equal(1000, bench.Ended.Count);
        Assert.Equal(20, bench.Statistics.FreePages);
    }

    [Fact]
    public void A_storm_of_cancellations_leaves_nothing_behind()
    {
        using var bench = new SchedulerBench(TinyModel.Letters(), slots: 8, pages: 24, reusePrefixes: true, speculate: true);
        var random = new Random(3);
        var jobs = new List<(GenerationJob Job, RecordingSink Sink)>();
        for (int round = 0; round < 60; round++)
        {
            for (int i = 0; i < 20; i++)
            {
                var sink = new RecordingSink();
                GenerationJob job = bench.Job(new string((char)('a' + (i % 26)), 1 + random.Next(60)), sink, maxNewTokens: 50, choices: 1 + random.Next(3), party: new ComputeParty("p", $"{i % 4}"), priority: random.Next(2));
                jobs.Add((job, sink));
                bench.Scheduler.Enqueue(job);
            }

            bench.Scheduler.Step();
            foreach ((GenerationJob job, _) in jobs)
            {
                if (random.Next(10) < 9)
                {
                    job.Cancel();
                }
            }

            bench.Scheduler.Step();
            Assert.DoesNotContain(jobs, entry => entry.Job.IsCancelled && !entry.Job.IsEnded); // within one step
        }

        jobs.ForEach(entry => entry.Job.Cancel());
        Assert.False(bench.Scheduler.Step());
        Assert.Equal((0, 0, 24), (bench.Statistics.RunningSequences, bench.Statistics.WaitingRequests, bench.Statistics.FreePages));
        Assert.Equal(jobs.Count, bench.Ended.Count);
        Assert.All(jobs, entry => Assert.True(entry.Sink.Usage is null ^ entry.Sink.Failure is null));
    }

    [Fact]
    public void An_engine_that_ends_tells_waiting_jobs_and_those_that_lost_their_pages()
    {
        using var bench = new SchedulerBench(TinyModel.Letters(), slots: 4, pages: 8);
        RecordingSink[] sinks = [.. Enumerable.Range(0, 8).Select(_ => new RecordingSink())];
        foreach (RecordingSink sink in sinks)
        {
            bench.Scheduler.Enqueue(bench.Job("abc", sink, maxNewTokens: 100, choices: 2));
        }

        while (bench.Statistics.Preemptions == 0)
        {
            bench.Scheduler.Step();
        }

        bench.Scheduler.EndAll(() => new InvalidOperationException("over"));

        Assert.All(sinks, sink => Assert.Equal("over", sink.Failure!.Message));
        Assert.Equal(8, bench.Ended.Distinct().Count());
        Assert.Equal(8, bench.Statistics.FreePages);
    }
}
