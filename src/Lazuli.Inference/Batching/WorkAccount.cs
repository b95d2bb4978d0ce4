using System.Diagnostics;
using Lazuli.Contracts;

namespace Lazuli.Inference;

/// <summary>Counts what each job took, and tells the meter.</summary>
/// <remarks>
/// Tokens and operations are those of the text as it came to be: tokens fed again after their pages were taken, and proposed ones that were not chosen, count nowhere.
/// Seconds are the steps' own, shared by rows.
/// </remarks>
internal sealed class WorkAccount(InferenceFlop flop, IEngineMeter? meter)
{
    private long _told = Stopwatch.GetTimestamp();

    /// <summary>Prompt tokens fed.</summary>
    public long PromptTokens { get; private set; }

    /// <summary>Tokens generated.</summary>
    public long GeneratedTokens { get; private set; }

    /// <summary>Gives each job its share of a step's time, by rows.</summary>
    public static void ShareTime(List<ActiveSequence> running, int rows, double seconds)
    {
        foreach (ActiveSequence sequence in running)
        {
            sequence.Job.Work.Seconds += seconds / rows * sequence.StepRows;
        }
    }

    /// <summary>Counts what this step fed of a sequence, and the <paramref name="generated"/> tokens that it gave. Answers the tokens that count.</summary>
    public int Count(ActiveSequence sequence, int generated)
    {
        ref JobWork work = ref sequence.Job.Work;
        int from = Math.Max(sequence.StepStart, sequence.CountedTokens);
        for (int position = from; position < sequence.Position; position++)
        {
            work.Flop += flop.At(position);
        }

        int prompt = Math.Max(0, Math.Min(sequence.Position, sequence.Given) - from);
        work.PromptTokens += prompt;
        work.GeneratedTokens += generated;
        work.Flop += flop.Head * (generated + sequence.UncountedHeadRows);
        sequence.UncountedHeadRows = 0;
        PromptTokens += prompt;
        GeneratedTokens += generated;
        sequence.CountedTokens = Math.Max(sequence.CountedTokens, sequence.Position);
        return prompt + generated;
    }

    /// <summary>Tells of jobs that still run: the jobs' own meters after each step, the engine's once a second, which bounds what a killed process loses.</summary>
    public void Tell(List<ActiveSequence> running)
    {
        bool isDue = meter is not null && Stopwatch.GetElapsedTime(_told).TotalSeconds >= 1;
        foreach (ActiveSequence sequence in running)
        {
            if (isDue || sequence.Job.Meter is not null)
            {
                Tell(sequence.Job, isEnded: false);
            }
        }

        _told = isDue ? Stopwatch.GetTimestamp() : _told;
    }

    /// <summary>Tells of a job that is over; before whoever asked for it is told.</summary>
    public void TellEnded(EngineJob job) => Tell(job, isEnded: true);

    private void Tell(EngineJob job, bool isEnded)
    {
        EngineWork work = job.Work.Take(job.Party, isEnded);
        meter?.Record(work);
        job.Meter?.Record(work);
    }
}
