namespace Lazuli.Training;

/// <summary>What became of what was read, in items: documented members, or documents of a text corpus.</summary>
/// <param name="Read">Items found.</param>
/// <param name="Duplicates">Items found again (same member, same text), left out.</param>
/// <param name="Train">Items to learn from.</param>
/// <param name="HeldOut">Items to be judged on.</param>
/// <param name="Dropped">Held-out items left out because training holds their answer.</param>
public sealed record CorpusReport(long Read, long Duplicates, long Train, long HeldOut, long Dropped);
