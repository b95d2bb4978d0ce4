namespace Lazuli.Proofs;

/// <summary>What came of checking a Merkle proof.</summary>
public abstract record ProofResult
{
    private ProofResult()
    {
    }

    /// <summary>Whether the proof holds.</summary>
    public bool IsValid => this is Valid;

    /// <summary>The proof holds.</summary>
    public sealed record Valid : ProofResult;

    /// <summary>The proof shows nothing.</summary>
    /// <param name="Fault">What is wrong, to branch on.</param>
    /// <param name="Reason">The same for people: what was wanted and what came.</param>
    public sealed record Invalid(ProofFault Fault, string Reason) : ProofResult;
}

/// <summary>Why a Merkle proof does not hold.</summary>
public enum ProofFault
{
    /// <summary>A size or index is negative, or they contradict each other.</summary>
    ImpossibleSizes,

    /// <summary>The proof has more or fewer hashes than the sizes want.</summary>
    WrongLength,

    /// <summary>The hashes do not lead to the (newer) root.</summary>
    RootMismatch,

    /// <summary>The hashes do not lead to the older root.</summary>
    OldRootMismatch,
}
