namespace Lazuli.Contracts;

/// <summary>A token and how likely the model held it to be, before temperature, penalties and other choices of the request.</summary>
/// <param name="Id">Id in the vocabulary.</param>
/// <param name="Text">Its bytes as text; bytes that are no whole characters show as U+FFFD. A special token's own spelling.</param>
/// <param name="Bytes">Its bytes; none for a special token.</param>
/// <param name="LogProbability">Natural logarithm of its probability; negative infinity where that is 0, not a number for the first token of an echoed or scored text, which nothing precedes.</param>
public sealed record TokenLogProbability(int Id, string Text, ReadOnlyMemory<byte> Bytes, double LogProbability);
