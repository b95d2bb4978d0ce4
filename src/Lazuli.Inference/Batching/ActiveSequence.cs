namespace Lazuli.Inference;

/// <summary>A choice of a job that was started: its tokens, and how many of them the cache has.</summary>
/// <remarks>
/// <para>Tokens <c>[0, Position)</c> have keys and values in the cache, tokens <c>[Position, Known)</c> are to be fed. A prompt that is being fed, a sequence that
/// generates (one token to feed) and one that starts over after its pages were taken (everything to feed) differ in nothing else.</para>
/// <para>Behind the known tokens may stand proposed ones, which nobody has chosen yet: the first <see cref="DraftRows"/> of them are fed along to see whether they are.</para>
/// </remarks>
internal class ActiveSequence
{
    /// <summary>A sequence that begins with its job's prompt and grows to <paramref name="mostTokens"/> at most.</summary>
    public ActiveSequence(EngineJob job, int choice, int mostTokens)
    {
        Job = job;
        Choice = choice;
        Tokens = new int[mostTokens];
        job.Prompt.CopyTo(Tokens, 0);
        Known = job.Prompt.Length;
    }

    public EngineJob Job { get; }

    public int Choice { get; }

    /// <summary>Row of the page table; −1 while it has none.</summary>
    public int Slot { get; set; } = -1;

    /// <summary>Prompt, then answer, then what is proposed.</summary>
    public int[] Tokens { get; }

    /// <summary>Tokens of prompt and answer so far.</summary>
    public int Known { get; set; }

    /// <summary>Tokens that were known from the start.</summary>
    public virtual int Given => Job.Prompt.Length;

    /// <summary>Tokens whose keys and values are in the cache; also the position of the next token to be fed.</summary>
    public int Position { get; set; }

    /// <summary>Tokens that are still to be fed.</summary>
    public int Left => Known - Position;

    /// <summary>Whether its prompt is behind it and one token is to be fed: it gives a token a step.</summary>
    public bool IsDecoding => Left == 1 && Known > Given;

    /// <summary>Tokens that were fed once, or need not be: feeding them again is not counted.</summary>
    public int CountedTokens { get; set; }

    /// <summary>Position of the first row of this step.</summary>
    public int StepStart { get; set; }

    /// <summary>Rows of this step, proposed tokens included.</summary>
    public int StepRows { get; set; }

    /// <summary>The step that fed its prompt last.</summary>
    public long LastFedStep { get; set; }

    /// <summary>Tokens that are proposed behind the known ones.</summary>
    public int Proposed { get; set; }

    /// <summary>Proposed tokens that this step feeds along.</summary>
    public int DraftRows { get; set; }

    /// <summary>First row of this step's logits that are its own.</summary>
    public int FirstLogitRow { get; set; }

    /// <summary>Rows of this step's logits that are its own; 0 when more is to be fed first.</summary>
    public int LogitRows { get; set; }

    /// <summary>Rows that went through the head for given tokens, and that no account has yet.</summary>
    public int UncountedHeadRows { get; set; }

    /// <summary>Whether <see cref="EngineJob.FeedingChoices"/> counts it.</summary>
    public bool IsCountedAsFeeding { get; set; }

    /// <summary>The first position of whose row something is still wanted; tokens before it need not be fed where the cache has them.</summary>
    public virtual int FirstOutput => Known - 1;

    /// <summary>What is wanted of the row of the token at <paramref name="position"/>: logits of the last known one, and of what is proposed behind it.</summary>
    public virtual StepOutput OutputAt(int position) => position >= Known - 1 ? StepOutput.Logits : StepOutput.None;

    /// <summary>Whether it must make way before <paramref name="other"/>: lower priority first, then the newer job, then the later choice.</summary>
    public bool YieldsTo(ActiveSequence other) =>
        Job.Priority != other.Job.Priority ? Job.Priority > other.Job.Priority
        : Job.Arrival != other.Job.Arrival ? Job.Arrival > other.Job.Arrival
        : Choice > other.Choice;
}
