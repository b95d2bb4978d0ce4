using Lazuli.Contracts;
using Lazuli.Inference;
using Lazuli.Training;

namespace Lazuli.Models.Tests;

public class EngineMeterTests
{
    private static readonly ComputeParty s_one = new("p", "one");
    private static readonly ComputeParty s_two = new("p", "two");

    [Fact]
    public void A_finished_job_is_told_with_every_token_and_operation()
    {
        TinyModel tiny = TinyModel.Letters();
        using var bench = new SchedulerBench(tiny);
        var flop = new InferenceFlop(tiny.Config);
        GenerationJob job = bench.Job("four", new RecordingSink(), maxNewTokens: 20, party: s_one);
        bench.Scheduler.Enqueue(job);
        bench.StepUntilIdle();
        EngineWork work = bench.Meter.Sums["one"];
        Assert.Equal((1, job.Prompt.Length, 20), (work.Requests, work.PromptTokens, work.GeneratedTokens));
        Assert.Equal(Enumerable.Range(0, job.Prompt.Length + 19).Sum(flop.At) + (20 * flop.Head), work.Flop, 1e-3); // the last token is never fed back
        Assert.True(work.Seconds > 0);
    }

    [Fact]
    public void A_cancelled_job_is_told_with_what_it_took()
    {
        using var bench = new SchedulerBench(TinyModel.Letters());
        GenerationJob victim = bench.Job("two", new RecordingSink(), maxNewTokens: 100, party: s_two);
        bench.Scheduler.Enqueue(bench.Job("one", new RecordingSink(), maxNewTokens: 20, party: s_one));
        bench.Scheduler.Enqueue(victim);
        for (int i = 0; i < 5; i++)
        {
            bench.Scheduler.Step();
        }

        victim.Cancel();
        bench.StepUntilIdle();
        Assert.Equal((1, 5), (bench.Meter.Sums["two"].Requests, bench.Meter.Sums["two"].GeneratedTokens));
        Assert.Equal((1, 20), (bench.Meter.Sums["one"].Requests, bench.Meter.Sums["one"].GeneratedTokens));
    }

    [Fact]
    public void Jobs_that_an_ending_engine_drops_are_told_too()
    {
        using var bench = new SchedulerBench(TinyModel.Letters());
        bench.Scheduler.Enqueue(bench.Job("one", new RecordingSink(), maxNewTokens: 100, party: s_one));
        bench.Scheduler.Step();
        bench.Scheduler.EndAll(() => new InvalidOperationException("over"));
        Assert.Equal((1, 1), (bench.Meter.Sums["one"].Requests, bench.Meter.Sums["one"].GeneratedTokens));
    }

    [Fact]
    public void Choices_of_a_job_are_told_as_one_request()
    {
        using var bench = new SchedulerBench(TinyModel.Letters());
        bench.Scheduler.Enqueue(bench.Job("one", new RecordingSink(), maxNewTokens: 10, choices: 3, party: s_one));
        bench.StepUntilIdle();
        Assert.Equal((1, 30), (bench.Meter.Sums["one"].Requests, bench.Meter.Sums["one"].GeneratedTokens));
    }

    /// <summary>6N + 6·L·C·T a token trained is three times 2N + 4·L·C·t, averaged over positions t = 1 … T (but for the half of the middle token).</summary>
    [Fact]
    public void A_text_takes_a_third_of_what_training_on_it_takes()
    {
        const int Length = 100;
        ModelConfig model = TinyModel.Llama().Config;
        var flop = new InferenceFlop(model);
        double served = Enumerable.Range(0, Length).Sum(flop.At) + (Length * flop.Head);
        double half = 2.0 * model.Layers * model.Heads * model.HeadSize * Length;
        Assert.Equal(TrainingFlop.PerToken(model, Length) * Length / 3, served - half, 1e-3);
    }
}
