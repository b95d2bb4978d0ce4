namespace Lazuli.Models;

/// <summary>What tokenizer to train, and with how much memory.</summary>
public sealed record BpeTrainingOptions
{
    /// <summary>Ids in all: special tokens, 256 bytes and merges.</summary>
    /// <value>Default 8192; at least special tokens + 256. Fewer come out where the text has no more pairs of <see cref="MinimumCount"/>.</value>
    public int VocabularySize { get; init; } = 8192;

    /// <summary>How text is cut before merges.</summary>
    public SplitRule Split { get; init; } = SplitRule.O200k;

    /// <summary>Texts of the special tokens, in order of id from 0.</summary>
    public IReadOnlyList<string> SpecialTokens { get; init; } = ChatTemplate.SpecialTokens;

    /// <summary>How often a pair must occur to be merged.</summary>
    public long MinimumCount { get; init; } = 2;

    /// <summary>Bytes that the table of distinct pieces may take; where more are needed the rarest are dropped, and rare merges may differ from those of an unbounded table.</summary>
    /// <value>Default 128 MiB; at least 1 MiB. Merging takes up to about three times as much again.</value>
    public long TableBytes { get; init; } = 128L << 20;

    /// <summary>Bytes of documents to read at most; what comes after is not looked at.</summary>
    /// <value>Default: no limit.</value>
    public long SampleBytes { get; init; } = long.MaxValue;
}
