using Lazuli.Training;

namespace Lazuli.Models.Tests;

/// <summary>Rows of a small language that can be learned: each id is followed by one of two others, by a fixed rule.</summary>
internal sealed class RandomRows(int contextLength, int vocabularySize, int trainRows = 40, int heldOutRows = 5, int seed = 7) : ITrainingData
{
    private readonly int[] _lengths = [.. Enumerable.Range(0, vocabularySize).Select(i => i == 0 ? 0 : 1 + (i % 4))];

    public int ContextLength => contextLength;

    public int VocabularySize => vocabularySize;

    public string Digest => $"sha256:rows-{contextLength}-{vocabularySize}-{trainRows}-{heldOutRows}-{seed}";

    public string TokenizerDigest => "sha256:tokenizer";

    public ReadOnlySpan<int> TokenByteLengths => _lengths;

    public long RowCount(DataSplit split) => split == DataSplit.Train ? trainRows : heldOutRows;

    public void ReadRow(DataSplit split, long row, Span<int> inputs, Span<int> targets)
    {
        uint state = (uint)((seed * 7919) + (row * 104729) + (split == DataSplit.Train ? 1 : 500_000)) | 1;
        int id = (int)(state % (uint)vocabularySize);
        for (int t = 0; t < inputs.Length; t++)
        {
            inputs[t] = id;
            state = (state * 1664525) + 1013904223;
            id = ((id * 5) + 3 + (int)(state >> 31)) % vocabularySize;
            targets[t] = t == 0 ? -1 : id; // the first target carries no loss, as after a document's start
        }
    }
}
