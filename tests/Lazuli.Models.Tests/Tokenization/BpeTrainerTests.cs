using System.Text;
using CsCheck;

namespace Lazuli.Models.Tests;

public sealed class BpeTrainerTests
{
    public static TheoryData<SplitRule> Rules => [.. Enum.GetValues<SplitRule>()];

    [Theory]
    [MemberData(nameof(Rules))]
    public void Finds_the_merges_that_counting_anew_each_time_finds(SplitRule rule) => Check(rule, TokenizerSamples.Documents, 250, 2);

    [Fact]
    public void Finds_the_reference_merges_where_ties_and_repeats_abound() =>
        Gen.Select(Gen.Char["ab c"].Array[0, 40].Select(text => Encoding.UTF8.GetBytes(text)).Array[1, 5], Gen.Int[1, 3])
            .Sample((documents, minimum) => Check(SplitRule.Gpt2, documents, 60, minimum), iter: 300);

    [Fact]
    public void Gives_the_same_tokenizer_every_time()
    {
        var options = new BpeTrainingOptions { VocabularySize = 600 };
        string first = Train(TokenizerSamples.Documents, options).Digest;
        Assert.Equal(first, Train(TokenizerSamples.Documents, options).Digest);
        Assert.Equal(first, Train([.. TokenizerSamples.Documents.Reverse()], options).Digest);
    }

    [Fact]
    public void Stops_short_of_the_vocabulary_where_no_pair_is_left()
    {
        BpeTokenizer tokenizer = Train(["abab"u8.ToArray()], new BpeTrainingOptions { VocabularySize = 1000, MinimumCount = 1 });
        Assert.Equal(5 + 256 + 2, tokenizer.VocabularySize);
        Assert.Equal([5 + 257], tokenizer.Ids("abab"));
    }

    [Fact]
    public void Text_of_no_documents_gives_bytes_alone() => Assert.Equal(261, Train([], new BpeTrainingOptions()).VocabularySize);

    [Fact]
    public void Never_reads_past_the_sample()
    {
        var options = new BpeTrainingOptions { SampleBytes = 8, MinimumCount = 1 };
        Assert.Equal(Train(["abababab"u8.ToArray()], options).Digest, Train(["ababababxyxyxyxyxy"u8.ToArray(), "zzzzzz"u8.ToArray()], options).Digest);
    }

    [Fact]
    public void A_full_table_drops_the_rarest_pieces_and_keeps_the_frequent()
    {
        // A hundred thousand distinct words, of which ten come often, in the smallest table there is.
        IEnumerable<byte[]> documents = Enumerable.Range(0, 100_000).Select(i => Encoding.UTF8.GetBytes($"{Word(i)} common{Word(i % 10)}"));
        BpeTokenizer tokenizer = Train(documents, new BpeTrainingOptions { VocabularySize = 600, TableBytes = 1 << 20, Split = SplitRule.Gpt2 });
        Assert.All(Enumerable.Range(0, 10), i => Assert.Single(tokenizer.Ids(" common" + Word(i))));

        static string Word(int i) => string.Concat(i.ToString("D6", System.Globalization.CultureInfo.InvariantCulture).Select(digit => (char)('a' + digit - '0')));
    }

    [Fact]
    public void The_table_stays_within_its_bound()
    {
        var counts = new PieceCounts(1 << 20);
        for (int i = 0; i < 200_000; i++)
        {
            counts.Add<Gpt2Splitter>(Encoding.UTF8.GetBytes($" {i:X8}".Replace('0', 'g').Replace('1', 'h')));
        }

        Assert.True(counts.WasPruned);
        Assert.InRange(counts.Count, 1, (1 << 20) / 32);
    }

    [Fact]
    public void A_piece_of_a_megabyte_is_counted_in_parts()
    {
        byte[] text = Encoding.UTF8.GetBytes(new string('\u4E2D', 350_000));
        BpeTokenizer tokenizer = Train([text], new BpeTrainingOptions { VocabularySize = 270 });
        Assert.Single(tokenizer.Ids("\u4E2D"));
    }

    [Fact]
    public void Reports_progress_and_can_be_cancelled()
    {
        var reports = new List<BpeTrainingProgress>();
        BpeTrainer.Train([.. TokenizerSamples.Documents.Select(text => (ReadOnlyMemory<byte>)text)], new BpeTrainingOptions { VocabularySize = 300 }, new Collector(reports), TestContext.Current.CancellationToken);
        Assert.Equal(300 - 261, reports[^1].MergesDone);
        Assert.Equal(300 - 261, reports[^1].MergesWanted);
        Assert.Equal(TokenizerSamples.Documents.Sum(text => text.Length), reports[^1].BytesRead);
        using var source = new CancellationTokenSource();
        source.Cancel();
        Assert.Throws<OperationCanceledException>(() => BpeTrainer.Train([default(ReadOnlyMemory<byte>)], new BpeTrainingOptions(), null, source.Token));
    }

    [Fact]
    public void Refuses_options_out_of_range()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Train([], new BpeTrainingOptions { VocabularySize = 260 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => Train([], new BpeTrainingOptions { MinimumCount = 0 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => Train([], new BpeTrainingOptions { TableBytes = 1 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => Train([], new BpeTrainingOptions { SampleBytes = 0 }));
        Assert.Throws<ArgumentException>(() => Train([], new BpeTrainingOptions { SpecialTokens = ["<|a|>", "<|a|>"] }));
        Assert.Throws<ArgumentOutOfRangeException>(() => Train([], new BpeTrainingOptions { Split = (SplitRule)17 }));
    }

    private static BpeTokenizer Train(IEnumerable<byte[]> documents, BpeTrainingOptions options) => BpeTrainer.Train(documents.Select(text => (ReadOnlyMemory<byte>)text), options);

    private static void Check(SplitRule rule, byte[][] documents, int merges, int minimum)
    {
        BpeTokenizer tokenizer = Train(documents, new BpeTrainingOptions { VocabularySize = 256 + merges, Split = rule, SpecialTokens = [], MinimumCount = minimum });
        IEnumerable<string> found = tokenizer.Vocabulary.Merges.Select(merge => $"{Convert.ToHexString(tokenizer.TokenBytes(merge.Left))} {Convert.ToHexString(tokenizer.TokenBytes(merge.Right))}");
        Assert.Equal(ReferenceBpe.Train(rule, documents, merges, minimum).Select(merge => $"{Convert.ToHexString(merge.Left)} {Convert.ToHexString(merge.Right)}"), found);
    }

    private sealed class Collector(List<BpeTrainingProgress> reports) : IProgress<BpeTrainingProgress>
    {
        public void Report(BpeTrainingProgress value) => reports.Add(value);
    }
}
