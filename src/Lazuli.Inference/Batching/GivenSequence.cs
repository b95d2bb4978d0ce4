namespace Lazuli.Inference;

/// <summary>A sequence whose tokens are all given: nothing is chosen, rows are read as they come, and it is over when all are fed. Losing its pages loses nothing that was read.</summary>
internal abstract class GivenSequence : ActiveSequence, IRowReader
{
    /// <summary>A sequence of its job's prompt and <paramref name="more"/>.</summary>
    protected GivenSequence(EngineJob job, int choice, ReadOnlySpan<int> more)
        : base(job, choice, job.Prompt.Length + more.Length)
    {
        more.CopyTo(Tokens.AsSpan(Known));
        Known += more.Length;
    }

    public override int Given => Tokens.Length;

    /// <summary>Why it cannot go on; null when all is well.</summary>
    public Exception? Failure { get; protected set; }

    public abstract void Read(int position, ReadOnlySpan<float> row);
}
