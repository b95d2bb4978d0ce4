namespace Lazuli.Proofs;

/// <summary>What came of opening a signed checkpoint.</summary>
public abstract record CheckpointResult
{
    private CheckpointResult()
    {
    }

    /// <summary>The log signed it.</summary>
    /// <param name="Checkpoint">The tree.</param>
    /// <param name="Note">The note that it came in, with all signatures.</param>
    public sealed record Opened(Checkpoint Checkpoint, SignedNote Note) : CheckpointResult;

    /// <summary>It shows nothing about the log.</summary>
    /// <param name="Reason">Why, for people.</param>
    public sealed record Refused(string Reason) : CheckpointResult;
}
