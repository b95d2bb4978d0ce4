using Lazuli.Models;

namespace Lazuli.Training;

/// <summary>A packed data set as a run reads it.</summary>
public sealed class PackedTrainingData : ITrainingData
{
    private readonly PackedDataSet _dataSet;

    /// <summary>Takes a data set and the tokenizer that made it.</summary>
    /// <param name="dataSet">Stays the caller's to dispose.</param>
    /// <param name="tokenizer">The one that made its ids.</param>
    /// <exception cref="ArgumentException">The data set was made with another tokenizer.</exception>
    public PackedTrainingData(PackedDataSet dataSet, ITokenizer tokenizer)
    {
        if (tokenizer.Digest != dataSet.TokenizerDigest)
        {
            throw new ArgumentException($"The data set was made with tokenizer {dataSet.TokenizerDigest}; got {tokenizer.Digest}.", nameof(tokenizer));
        }

        _dataSet = dataSet;
        DocumentStartId = tokenizer.SpecialTokens.TryGetValue(ChatTemplate.EndOfText, out int id) ? id : null;
        WordFamilies = Training.WordFamilies.Of(tokenizer);
    }

    public int? DocumentStartId { get; }

    public WordFamilies? WordFamilies { get; }

    public int ContextLength => _dataSet.ContextLength;

    public int VocabularySize => _dataSet.VocabularySize;

    public string Digest => _dataSet.Digest;

    public string TokenizerDigest => _dataSet.TokenizerDigest;

    public ReadOnlySpan<int> TokenByteLengths => _dataSet.TokenByteLengths;

    public long RowCount(DataSplit split) => _dataSet.RowCount(split);

    public void ReadRow(DataSplit split, long row, Span<int> inputs, Span<int> targets) => _dataSet.ReadRow(split, row, inputs, targets);
}
