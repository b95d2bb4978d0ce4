namespace Lazuli.Proofs;

/// <summary>What came of checking a note's signatures.</summary>
public abstract record NoteResult
{
    private NoteResult()
    {
    }

    /// <summary>At least one known key signed the text, and no signature by a known key fails.</summary>
    /// <param name="Text">The text.</param>
    /// <param name="Signers">The known keys that signed, each once.</param>
    public sealed record Verified(string Text, IReadOnlyList<VerifierKey> Signers) : NoteResult;

    /// <summary>The text must not be used.</summary>
    /// <param name="Fault">What is wrong, to branch on.</param>
    /// <param name="Reason">The same for people.</param>
    public sealed record Refused(NoteFault Fault, string Reason) : NoteResult;
}

/// <summary>Why a note is refused.</summary>
public enum NoteFault
{
    /// <summary>No signature is by a known key.</summary>
    NoKnownSigner,

    /// <summary>A signature that says it is by a known key does not hold.</summary>
    BadSignature,
}
