namespace Lazuli.Training;

/// <summary>A run of rows in one file. <paramref name="Mask"/> has a bit for each target that counts; it is absent where all do.</summary>
public sealed record DataSetShard(long Rows, DataSetFile Tokens, DataSetFile? Mask);
