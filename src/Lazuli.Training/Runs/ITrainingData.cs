namespace Lazuli.Training;

/// <summary>Rows of token ids to train on; what a step needs of a data set.</summary>
public interface ITrainingData
{
    /// <summary>Tokens of a row.</summary>
    int ContextLength { get; }

    /// <summary>Every id is below it.</summary>
    int VocabularySize { get; }

    /// <summary>Names the rows by content; a run resumes on the same rows only.</summary>
    string Digest { get; }

    /// <summary>Digest of the tokenizer that made the ids.</summary>
    string TokenizerDigest { get; }

    /// <summary>UTF-8 bytes of the text of each id; 0 for special tokens.</summary>
    ReadOnlySpan<int> TokenByteLengths { get; }

    /// <summary>Id that begins every document; null where documents cannot be told apart.</summary>
    int? DocumentStartId => null;

    /// <summary>Which tokens are one word; null where the text of tokens is not known.</summary>
    WordFamilies? WordFamilies => null;

    /// <summary>Number of rows of a split.</summary>
    long RowCount(DataSplit split);

    /// <summary>Reads one row; a target of −1 carries no loss.</summary>
    void ReadRow(DataSplit split, long row, Span<int> inputs, Span<int> targets);
}
