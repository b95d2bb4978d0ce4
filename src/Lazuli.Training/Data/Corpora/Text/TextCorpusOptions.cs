namespace Lazuli.Training;

/// <summary>How text files become a corpus.</summary>
public sealed record TextCorpusOptions
{
    /// <summary>Part of the documents that is held out, from 0 to 0.5; where it is above 0 and there are two documents, at least one is.</summary>
    public double HeldOutShare { get; init; } = 0.05;

    /// <summary>Chooses which.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Under which terms the text stands, in words.</summary>
    public string Licence { get; init; } = "not stated";

    /// <summary>What is wrong with the values, in a sentence; null where nothing is.</summary>
    public string? FindProblem() => HeldOutShare is >= 0 and <= 0.5 ? null : $"HeldOutShare must be from 0 to 0.5; got {HeldOutShare}.";
}
