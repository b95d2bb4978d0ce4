using Lazuli.Contracts;
using Lazuli.Inference;

namespace Lazuli.Models.Tests;

/// <summary>Generations, vectors and scores thrown together, with too few pages for all: each ends, with the bits that it has alone, and nothing is lost.</summary>
public class MixedJobsTests
{
    [Theory]
    [InlineData(1, false)]
    [InlineData(2, true)]
    [InlineData(3, false)]
    [InlineData(4, true)]
    [InlineData(5, true)]
    public async Task Every_job_has_the_bits_that_it_has_alone_and_no_page_is_lost(int seed, bool reusePrefixes)
    {
        TinyModel tiny = TinyModel.Letters();
        (Kind Kind, int Start, int Length, int Priority, int Party)[] jobs = Draw(new Random(seed), 24);
        string[] alone = new string[jobs.Length];
        for (int i = 0; i < jobs.Length; i++)
        {
            using var bench = new SchedulerBench(tiny, prefillLimit: 256, maxRows: 256);
            Func<Task<string>> result = Enqueue(bench, tiny, jobs[i]);
            bench.StepUntilIdle();
            alone[i] = await result();
        }

        using var busy = new SchedulerBench(tiny, slots: 6, pages: 14, prefillLimit: 1 + (seed * 5), reusePrefixes: reusePrefixes);
        var order = new Random(seed + 100);
        var results = new List<Func<Task<string>>>();
        foreach (var job in jobs)
        {
            results.Add(Enqueue(busy, tiny, job));
            for (int step = order.Next(6); step > 0; step--)
            {
                busy.Scheduler.Step();
            }
        }

        busy.StepUntilIdle();
        for (int i = 0; i < jobs.Length; i++)
        {
            Assert.Equal(alone[i], await results[i]());
        }

        Assert.True(busy.Statistics.Preemptions > 0, "pages never were short, so nothing was shown");
        Assert.Equal((jobs.Length, 0, busy.Statistics.TotalPages), (busy.Ended.Count, busy.Statistics.RunningSequences, busy.Statistics.FreePages));
    }

    private static (Kind, int, int, int, int)[] Draw(Random random, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => ((Kind)random.Next(4), random.Next(3), 3 + random.Next(90), random.Next(3), random.Next(2)))];

    /// <summary>Queues a job; what comes out tells all its bits, once it is over.</summary>
    private static Func<Task<string>> Enqueue(SchedulerBench bench, TinyModel tiny, (Kind Kind, int Start, int Length, int Priority, int Party) job)
    {
        int[] ids = [.. Enumerable.Range(0, job.Length).Select(i => 10 + job.Start + (i * 7 % 200))];
        var party = new ComputeParty("p", job.Party == 0 ? "one" : "other");
        switch (job.Kind)
        {
            case Kind.Answer:
                var sink = new RecordingSink();
                bench.Scheduler.Enqueue(bench.Job(new string('x', job.Length), sink, maxNewTokens: 20, choices: 2, sampling: new SamplingOptions { Temperature = 1 }, seed: job.Start, party, job.Priority));
                return () => Task.FromResult(string.Join('|', sink.Texts));
            case Kind.Scores:
                var scores = new ScoringJob(ids, [[1, 2, 3], [4], [.. Enumerable.Range(20, 25)]], [ids.Length, ids.Length, ids.Length + 3], 1, new LogProbabilityReader(tiny.Config.VocabularySize), party, job.Priority);
                bench.Scheduler.Enqueue(scores);
                return async () => string.Join('|', (await scores.Scores).SelectMany(s => s).Select(s => $"{s.LogProbability:R} {s.IsGreedy} {s.Likeliest[0]}"));
            default:
                var vector = new EmbeddingJob(ids, job.Kind == Kind.Mean ? EmbeddingPooling.Mean : EmbeddingPooling.Last, tiny.Config.Width, tiny.Config.Width, party, job.Priority);
                bench.Scheduler.Enqueue(vector);
                return async () => string.Join(' ', (await vector.Vector).Select(v => v.ToString("R")));
        }
    }

    private enum Kind
    {
        Answer,
        Scores,
        Mean,
        Last,
    }
}
