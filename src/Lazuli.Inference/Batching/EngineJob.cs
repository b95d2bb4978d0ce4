using Lazuli.Contracts;

namespace Lazuli.Inference;

/// <summary>A request on its way through the scheduler, whatever it wants of the model. The scheduler owns it once queued; other threads may only <see cref="Cancel"/>.</summary>
internal abstract class EngineJob
{
    private volatile bool _isCancelled;
    private JobWork _work;

    /// <summary>A job of <paramref name="choices"/> sequences that all begin with <paramref name="prompt"/>.</summary>
    protected EngineJob(int[] prompt, int choices, ComputeParty? party, int priority)
    {
        Prompt = prompt;
        Choices = choices;
        Party = party;
        Priority = priority;
    }

    /// <summary>Tokens that are known from the start, at least one.</summary>
    public int[] Prompt { get; }

    /// <summary>Sequences that begin with the prompt.</summary>
    public int Choices { get; }

    /// <summary>Whom its work is counted to.</summary>
    public ComputeParty? Party { get; }

    /// <summary>Lower goes first, whoever asked.</summary>
    public int Priority { get; }

    /// <summary>Hears what this job takes; null when nobody asks.</summary>
    public IRequestMeter? Meter { get; init; }

    /// <summary>Its place among all jobs in order of arrival; given by the queue.</summary>
    public long Arrival { get; set; }

    /// <summary>What its party was served; given by the queue.</summary>
    public PartyShare Share { get; set; } = null!;

    /// <summary>Work that the meter has not been told of.</summary>
    public ref JobWork Work => ref _work;

    /// <summary>Choices that have a slot or had one.</summary>
    public int StartedChoices { get; set; }

    /// <summary>Choices that have a slot.</summary>
    public int RunningChoices { get; set; }

    /// <summary>Running choices whose prompt is not fed yet.</summary>
    public int FeedingChoices { get; set; }

    /// <summary>Choices that are over.</summary>
    public int FinishedChoices { get; set; }

    /// <summary>Full pages of the prompt that later choices share; null until a choice has filled them.</summary>
    public int[]? SharedPages { get; set; }

    /// <summary>Tokens of the prompt that were not fed, since an earlier prompt began alike.</summary>
    public int ReusedTokens { get; set; }

    /// <summary>The choice that starts next, made when its turn first came; null before.</summary>
    public ActiveSequence? NextSequence { get; set; }

    /// <summary>Whether the scheduler is done with it.</summary>
    public bool IsEnded { get; set; }

    public bool IsCancelled => _isCancelled;

    public void Cancel() => _isCancelled = true;

    /// <summary>The next choice, before it has a slot.</summary>
    public abstract ActiveSequence NewSequence(int choice);

    /// <summary>Tells whoever asked that all choices ended.</summary>
    public abstract void Complete();

    /// <summary>Tells whoever asked that it ended before its choices did.</summary>
    public abstract void Fail(Exception reason);
}
