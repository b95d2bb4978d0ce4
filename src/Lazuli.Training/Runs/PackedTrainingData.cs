namespace Lazuli.Training;

/// <summary>A packed data set as a run reads it.</summary>
/// <param name="dataSet">Stays the caller's to dispose.</param>
public sealed class PackedTrainingData(PackedDataSet dataSet) : ITrainingData
{
    public int ContextLength => dataSet.ContextLength;

    public int VocabularySize => dataSet.VocabularySize;

    public string Digest => dataSet.Digest;

    public string TokenizerDigest => dataSet.TokenizerDigest;

    public ReadOnlySpan<int> TokenByteLengths => dataSet.TokenByteLengths;

    public long RowCount(DataSplit split) => dataSet.RowCount(split);

    public void ReadRow(DataSplit split, long row, Span<int> inputs, Span<int> targets) => dataSet.ReadRow(split, row, inputs, targets);
}
