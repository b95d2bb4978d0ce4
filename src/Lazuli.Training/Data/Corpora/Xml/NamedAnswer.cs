namespace Lazuli.Training;

/// <summary>A name asked about and the answer that training gives: what baselines answer from.</summary>
public readonly record struct NamedAnswer(string Name, string Answer);
