namespace Lazuli.Proofs;

/// <summary>The rule that makes a log a log: it never signs a tree that does not begin with the one it signed last.</summary>
/// <remarks>Pure: the caller keeps the last signed checkpoint where a crash cannot lose it, asks here before each signature, and stores the new one before anybody sees it.</remarks>
public static class CheckpointGuard
{
    /// <summary>Decides whether <paramref name="next"/> may be signed.</summary>
    /// <param name="last">The checkpoint signed last; null only for a log that never signed any.</param>
    /// <param name="next">The one to sign.</param>
    /// <param name="consistency">The proof from the size of <paramref name="last"/> (0 if null) to that of <paramref name="next"/>.</param>
    public static SigningDecision Decide(Checkpoint? last, Checkpoint next, ReadOnlySpan<MerkleHash> consistency)
    {
        if (last is not null && last.Origin != next.Origin)
        {
            return new SigningDecision.Refused(SigningFault.OtherLog, $"The checkpoint signed last is of the log {NoteFormatException.Quote(last.Origin)}; this one is of {NoteFormatException.Quote(next.Origin)}.");
        }

        long oldSize = last?.Size ?? 0;
        if (next.Size < oldSize)
        {
            return new SigningDecision.Refused(SigningFault.SmallerTree, $"A tree of {oldSize} leaves has been signed; this one has {next.Size}.");
        }

        ProofResult proof = MerkleProof.VerifyConsistency(oldSize, last?.Root ?? MerkleHash.OfEmptyTree, next.Size, next.Root, consistency);
        return proof is ProofResult.Invalid invalid
            ? new SigningDecision.Refused(SigningFault.NotConsistent, $"Nothing shows that this tree begins with the one signed last: {invalid.Reason}")
            : new SigningDecision.MaySign();
    }
}

/// <summary>Whether a checkpoint may be signed.</summary>
public abstract record SigningDecision
{
    private SigningDecision()
    {
    }

    /// <summary>It may.</summary>
    public sealed record MaySign : SigningDecision;

    /// <summary>It must not.</summary>
    /// <param name="Fault">What is wrong, to branch on.</param>
    /// <param name="Reason">The same for people.</param>
    public sealed record Refused(SigningFault Fault, string Reason) : SigningDecision;
}

/// <summary>Why a checkpoint must not be signed.</summary>
public enum SigningFault
{
    /// <summary>It is of another log.</summary>
    OtherLog,

    /// <summary>A larger tree has been signed.</summary>
    SmallerTree,

    /// <summary>No proof that the tree begins with the one signed last.</summary>
    NotConsistent,
}
