using System.Text;

namespace Lazuli.Models;

/// <summary>Trains byte-level BPE vocabularies: counts distinct pieces, then joins the most frequent pair until the vocabulary is full.</summary>
/// <remarks>
/// The result depends on documents, their order and the options alone. Of equally frequent pairs the one with the smaller left id wins, then the smaller right id.
/// A pair that would be written like a special token is never joined.
/// </remarks>
public static class BpeTrainer
{
    /// <summary>Trains on UTF-8 documents, each read once; nothing joins across documents.</summary>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static BpeTokenizer Train(
        IEnumerable<ReadOnlyMemory<byte>> documents,
        BpeTrainingOptions options,
        IProgress<BpeTrainingProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(documents);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.VocabularySize, options.SpecialTokens.Count + 256, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MinimumCount, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.TableBytes, 1 << 20, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.SampleBytes, 1, nameof(options));
        _ = VocabularyBuilder.FromMerges(options.Split, [], options.SpecialTokens); // says at once what is wrong with the special tokens
        var merger = new TrainingMerger(options, progress, cancellation);
        return options.Split switch
        {
            SplitRule.Gpt2 => merger.Train<Gpt2Splitter>(documents),
            SplitRule.LlamaBpe => merger.Train<LlamaBpeSplitter>(documents),
            SplitRule.Qwen2 => merger.Train<Qwen2Splitter>(documents),
            SplitRule.SmolLm => merger.Train<SmolLmSplitter>(documents),
            _ => merger.Train<O200kSplitter>(documents),
        };
    }
}
