using Lazuli.Contracts;
using Lazuli.Inference;

namespace Lazuli.Models.Tests;

public class AdmissionQueueTests
{
    [Fact]
    public void Gives_out_jobs_of_a_party_in_order_of_arrival()
    {
        var queue = new AdmissionQueue();
        GenerationJob[] jobs = [.. Enumerable.Range(0, 5).Select(_ => Job("a"))];
        Array.ForEach(jobs, queue.Add);

        Assert.Equal(jobs, Drain(queue));
        Assert.True(queue.IsEmpty);
    }

    [Fact]
    public void Higher_priority_goes_first_whoever_asked()
    {
        var queue = new AdmissionQueue();
        GenerationJob late = Job("a", priority: 3), plain = Job("b"), urgent = Job("a", priority: -1);
        Array.ForEach([late, plain, urgent], queue.Add);

        Assert.Equal([urgent, plain, late], Drain(queue));
    }

    [Fact]
    public void Parties_that_start_in_one_step_alternate()
    {
        var queue = new AdmissionQueue();
        GenerationJob[] many = [.. Enumerable.Range(0, 3).Select(_ => Job("a", length: 10))];
        GenerationJob[] few = [.. Enumerable.Range(0, 2).Select(_ => Job("b", length: 10))];
        Array.ForEach([.. many, .. few], queue.Add);

        Assert.Equal([many[0], few[0], many[1], few[1], many[2]], Drain(queue));
    }

    [Fact]
    public void Longer_prompts_count_for_more_and_weights_for_less()
    {
        var queue = new AdmissionQueue(party => party.Key == "heavy" ? 2 : 1);
        GenerationJob[] heavy = [.. Enumerable.Range(0, 4).Select(_ => Job("heavy", length: 10))];
        GenerationJob[] light = [.. Enumerable.Range(0, 2).Select(_ => Job("light", length: 10))];
        Array.ForEach([.. heavy, .. light], queue.Add);

        Assert.Equal([heavy[0], light[0], heavy[1], heavy[2], light[1], heavy[3]], Drain(queue));
    }

    [Fact]
    public void Resting_earns_no_credit()
    {
        var queue = new AdmissionQueue();
        GenerationJob busy = Job("busy");
        queue.Add(busy);
        busy.Share.Serve(1_000_000);
        GenerationJob[] returning = [.. Enumerable.Range(0, 3).Select(_ => Job("rested", length: 10))];
        Array.ForEach(returning, queue.Add);

        Assert.Equal([busy, .. returning], Drain(queue));
    }

    [Fact]
    public void Leaving_and_coming_back_does_not_wipe_out_what_a_party_was_served()
    {
        var queue = new AdmissionQueue();
        GenerationJob greedy = Job("greedy"), other = Job("other");
        queue.Add(other);
        queue.Add(greedy);
        Start(queue, greedy, other);
        greedy.Share.Serve(1000);
        greedy.Share.Running--;
        GenerationJob again = Job("greedy"), next = Job("other");
        queue.Add(again);
        queue.Add(next);

        Assert.Equal([next, again], Drain(queue));
    }

    [Fact]
    public void A_sequence_that_lost_its_pages_comes_before_its_party_s_new_jobs_the_oldest_first()
    {
        var queue = new AdmissionQueue();
        GenerationJob first = Job("a"), second = Job("a"), waiting = Job("a");
        Array.ForEach([first, second], queue.Add);
        ActiveSequence[] running = [.. Start(queue, first, second)];
        queue.Add(waiting);
        queue.Return(running[0]);
        queue.Return(running[1]);

        Assert.Equal(running[0], queue.Next().Sequence);
        queue.Started(first, running[0]);
        Assert.Equal(running[1], queue.Next().Sequence);
        queue.Started(second, running[1]);
        Assert.Equal((waiting, (ActiveSequence?)null), queue.Next());
    }

    [Fact]
    public void Further_choices_wait_while_their_prompt_is_fed_and_then_take_turns_with_new_jobs()
    {
        var queue = new AdmissionQueue();
        GenerationJob many = Job("a", choices: 4), other = Job("a"), third = Job("a");
        queue.Add(many);
        Start(queue, many);
        many.FeedingChoices = 1;
        Assert.Null(queue.Next().Job);
        Array.ForEach([other, third], queue.Add);
        Assert.Equal(other, queue.Next().Job);
        many.FeedingChoices = 0;

        Assert.Equal([many, other, many, third, many], Drain(queue));
    }

    [Fact]
    public void Cancelled_jobs_come_out_wherever_they_wait()
    {
        var queue = new AdmissionQueue();
        GenerationJob running = Job("a"), partly = Job("a", choices: 2), fresh = Job("b"), kept = Job("b");
        Array.ForEach([running, partly, fresh, kept], queue.Add);
        ActiveSequence preempted = Start(queue, running)[0];
        queue.Return(preempted);
        Start(queue, partly);
        Array.ForEach([running, partly, fresh], job => job.Cancel());

        var dropped = new List<EngineJob>();
        while (queue.TakeDropped() is { } job)
        {
            dropped.Add(job);
        }

        Assert.Equal(3, dropped.Distinct().Count());
        Assert.Equal(3, dropped.Count);
        Assert.Equal([kept], Drain(queue));
        Assert.Equal(0, queue.WaitingJobs);
    }

    [Fact]
    public void Weights_that_are_no_numbers_above_zero_count_as_one()
    {
        var queue = new AdmissionQueue(party => double.Parse(party.Key, System.Globalization.CultureInfo.InvariantCulture));
        foreach (string key in (string[])["0", "-1", "NaN", "Infinity"])
        {
            GenerationJob job = Job(key);
            queue.Add(job);
            Assert.Equal(1, job.Share.Weight);
        }
    }

    private static List<ActiveSequence> Start(AdmissionQueue queue, params GenerationJob[] jobs)
    {
        var sequences = new List<ActiveSequence>();
        foreach (GenerationJob job in jobs)
        {
            sequences.Add(job.NewSequence(job.StartedChoices++));
            job.Share.Running++;
            queue.Started(job, preempted: null);
        }

        return sequences;
    }

    /// <summary>Starts all that waits; what starts is going to be fed, not fed.</summary>
    private static List<EngineJob> Drain(AdmissionQueue queue)
    {
        var started = new List<EngineJob>();
        while (queue.Next().Job is { } job)
        {
            job.StartedChoices++;
            job.Share.Running++;
            job.Share.PendingTokens += job.Prompt.Length;
            queue.Started(job, preempted: null);
            started.Add(job);
        }

        return started;
    }

    private static GenerationJob Job(string party, int priority = 0, int length = 4, int choices = 1) => new(
        new int[length], new SamplingOptions(), seed: 1, maxNewTokens: 5, choices, isChat: false, new StopMatcher([]), new SilentSink(), new ComputeParty("p", party), priority: priority);
}
