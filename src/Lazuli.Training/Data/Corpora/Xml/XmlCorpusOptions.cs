namespace Lazuli.Training;

/// <summary>How documentation becomes a corpus.</summary>
public sealed record XmlCorpusOptions
{
    /// <summary>Which dialogues are made.</summary>
    public DialogueMix Mix { get; init; } = new();

    /// <summary>Part of the declaring types that is held out, from 0 to 0.5.</summary>
    public double HeldOutShare { get; init; } = 0.05;

    /// <summary>Chooses types held out, phrasings and order.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Namespaces left out, each with what is below it; e.g. <c>System.Runtime.Intrinsics</c>, whose summaries are processor instructions.</summary>
    public IReadOnlyList<string> ExcludedNamespaces { get; init; } = [];

    /// <summary>What is wrong with the values, in a sentence; null where nothing is.</summary>
    public string? FindProblem() =>
        HeldOutShare is >= 0 and <= 0.5 ? Mix.FindProblem() : $"HeldOutShare must be from 0 to 0.5; got {HeldOutShare}.";
}
