namespace Lazuli.Training;

/// <summary>What one side of a data set holds.</summary>
/// <param name="Documents">Documents packed.</param>
/// <param name="Rows">Rows of context length + 1 ids.</param>
/// <param name="Tokens">Ids without padding.</param>
/// <param name="Targets">Tokens that carry loss.</param>
/// <param name="TargetBytes">UTF-8 bytes of the text of those targets, special tokens not counted: the divisor of bits per byte.</param>
/// <param name="Shards">The files, in order of rows.</param>
public sealed record DataSetSplitManifest(long Documents, long Rows, long Tokens, long Targets, long TargetBytes, IReadOnlyList<DataSetShard> Shards);
