namespace Lazuli.Models;

/// <summary>How far training has come. <paramref name="MergesDone"/> is 0 while text is still read.</summary>
/// <param name="BytesRead">Bytes of documents counted so far.</param>
/// <param name="DistinctPieces">Distinct pieces in the table.</param>
/// <param name="MergesDone">Merges found so far.</param>
/// <param name="MergesWanted">Merges asked for.</param>
public readonly record struct BpeTrainingProgress(long BytesRead, int DistinctPieces, int MergesDone, int MergesWanted);
