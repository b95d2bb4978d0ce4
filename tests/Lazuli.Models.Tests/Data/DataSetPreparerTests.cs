using System.Text;
using CsCheck;
using Lazuli.Training;

namespace Lazuli.Models.Tests;

public sealed class DataSetPreparerTests
{
    private const int Eot = 256;
    private static readonly PaddedByteTokenizer s_tokenizer = new();

    [Fact]
    public void Every_answer_token_is_a_target_exactly_once_whatever_the_packing() =>
        Gen.Select(Gen.Int[4, 90], Gen.Int[0, 40], Gen.Bool, Gen.Bool, Gen.Int[0, int.MaxValue]).Sample(
            (context, count, stream, all, seed) =>
            {
                var random = new Random(seed);
                CorpusDocument[] documents = [Dialogue("first", "ab", "cd"), .. Enumerable.Range(0, count).Select(i => RandomDocument(random, i))];
                using var scratch = new ScratchFolder();
                var settings = new DataSetSettings(context, stream ? DataPacking.Stream : DataPacking.Documents, all ? LossScope.All : LossScope.Answers);
                PreparedDataSet prepared = Prepare(new ListCorpus(documents), s_tokenizer, settings, scratch["set"]);

                var expected = new List<int>();
                foreach (CorpusDocument d in documents)
                {
                    var ids = new List<int>();
                    var counts = new List<bool>();
                    new ChatTemplate(s_tokenizer).Encode(d.Turns ?? [new ChatTurn("assistant", d.Text!)], false, ids, counts);
                    IEnumerable<int> wanted = d.Text is not null ? Encoding.UTF8.GetBytes(d.Text).Select(b => (int)b)
                        : all ? ids.Skip(1)
                        : ids.Where((_, i) => counts[i]);
                    expected.AddRange(wanted);
                }

                // End-of-text as a target depends on neighbours; all others are told exactly by the documents.
                Assert.Equal(expected.Order(), ReadTargets(prepared.Folder, DataSplit.Train).Where(t => t is not (PackedDataSet.NoTarget or Eot)).Order());
            },
            iter: 60,
            threads: 1);

    [Fact]
    public void Documents_that_fit_stay_whole_and_start_with_end_of_text()
    {
        using var scratch = new ScratchFolder();
        CorpusDocument[] documents = [.. Enumerable.Range(0, 50).Select(i => Dialogue($"d{i}", new string('q', 1 + (i % 7)), new string((char)('a' + (i % 26)), 1 + (i * 5 % 11))))];
        Prepare(new ListCorpus(documents), s_tokenizer, new DataSetSettings(40), scratch["set"]);
        var texts = new List<string>();
        using PackedDataSet set = PackedDataSet.Open(scratch["set"]);
        var inputs = new int[40];
        var targets = new int[40];
        for (long row = 0; row < set.RowCount(DataSplit.Train); row++)
        {
            set.ReadRow(DataSplit.Train, row, inputs, targets);
            Assert.Equal(Eot, inputs[0]);
            texts.AddRange(Encoding.UTF8.GetString(s_tokenizer.Decode([.. inputs, Math.Max(targets[^1], 0)])).TrimEnd('\0').Split(ChatTemplate.EndOfText, StringSplitOptions.RemoveEmptyEntries));
        }

        IEnumerable<string> expected = documents.Select(d => $"<|user|>{d.Turns![0].Content}<|end|><|assistant|>{d.Turns[1].Content}<|end|>");
        Assert.Equal(expected.Order(StringComparer.Ordinal), texts.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_row_of_one_dialogue_is_laid_out_as_documented()
    {
        using var scratch = new ScratchFolder();
        Prepare(new ListCorpus([Dialogue("d", "hi", "yo")]), s_tokenizer, new DataSetSettings(10), scratch["set"]);
        using PackedDataSet set = PackedDataSet.Open(scratch["set"]);
        var inputs = new int[10];
        var targets = new int[10];
        set.ReadRow(DataSplit.Train, 0, inputs, targets);
        Assert.Equal([256, 258, 'h', 'i', 260, 259, 'y', 'o', 260, 256], inputs);
        Assert.Equal([-1, -1, -1, -1, -1, 'y', 'o', 260, -1, -1], targets);
        Assert.Equal(2, set.TargetBytes(DataSplit.Train, 0));
        Assert.Equal(2, set.Manifest.Train.TargetBytes);
        Assert.Equal(3, set.Manifest.Train.Targets);
    }

    [Fact]
    public void A_stream_holds_the_documents_end_to_end()
    {
        using var scratch = new ScratchFolder();
        CorpusDocument[] documents = [.. Enumerable.Range(0, 9).Select(i => CorpusDocument.PlainText($"{i}", DataSplit.Train, $"text number {i}"))];
        Prepare(new ListCorpus(documents), s_tokenizer, new DataSetSettings(16, DataPacking.Stream, LossScope.All), scratch["set"]);
        int[] targets = [.. ReadTargets(scratch["set"], DataSplit.Train).TakeWhile(t => t != PackedDataSet.NoTarget)];
        string text = Encoding.UTF8.GetString(s_tokenizer.Decode(targets));
        Assert.Equal(string.Concat(documents.Select(d => d.Text + ChatTemplate.EndOfText)), text);
    }

    [Fact]
    public void Best_fit_wastes_little_room()
    {
        using var scratch = new ScratchFolder();
        var random = new Random(3);
        CorpusDocument[] documents = [.. Enumerable.Range(0, 3000).Select(i => Dialogue($"{i}", new string('q', 5 + random.Next(20)), new string('a', 5 + random.Next(80))))];
        DataSetSplitManifest train = Prepare(new ListCorpus(documents), s_tokenizer, new DataSetSettings(256), scratch["set"]).Manifest.Train;
        Assert.InRange(train.Tokens / (train.Rows * 257.0), 0.97, 1);
    }

    [Fact]
    public void Splits_go_to_their_own_shards()
    {
        using var scratch = new ScratchFolder();
        CorpusDocument held = CorpusDocument.PlainText("h", DataSplit.HeldOut, "unseen");
        Prepare(new ListCorpus([Dialogue("d", "hi", "yo"), held]), s_tokenizer, new DataSetSettings(16), scratch["set"]);
        Assert.Equal("unseen<|endoftext|>", Encoding.UTF8.GetString(s_tokenizer.Decode([.. ReadTargets(scratch["set"], DataSplit.HeldOut).Where(t => t >= 0)])));
    }

    [Fact]
    public void Vocabularies_beyond_16_bits_are_stored_in_32()
    {
        using var scratch = new ScratchFolder();
        var tokenizer = new PaddedByteTokenizer(padding: 70_000);
        PreparedDataSet prepared = Prepare(new ListCorpus([Dialogue("d", "hi", "yo")]), tokenizer, new DataSetSettings(10), scratch["set"]);
        Assert.Equal(4, prepared.Manifest.BytesPerToken);
        Assert.Contains((int)'y', ReadTargets(prepared.Folder, DataSplit.Train));
    }

    [Fact]
    public void Preparing_the_same_again_changes_nothing_and_other_inputs_are_refused()
    {
        using var scratch = new ScratchFolder();
        CorpusDocument[] documents = [Dialogue("d", "hi", "yo")];
        PreparedDataSet first = Prepare(new ListCorpus(documents), s_tokenizer, new DataSetSettings(16), scratch["set"]);
        PreparedDataSet again = Prepare(new ListCorpus(documents), s_tokenizer, new DataSetSettings(16), scratch["set"]);
        Assert.False(first.Reused);
        Assert.True(again.Reused);
        Assert.Equal(first.Manifest.Digest, again.Manifest.Digest);
        Assert.Throws<IOException>(() => Prepare(new ListCorpus([Dialogue("d", "hi", "you")]), s_tokenizer, new DataSetSettings(16), scratch["set"]));
        Assert.Throws<IOException>(() => Prepare(new ListCorpus(documents), s_tokenizer, new DataSetSettings(17), scratch["set"]));
        Assert.Throws<IOException>(() => Prepare(new ListCorpus(documents), new PaddedByteTokenizer(1), new DataSetSettings(16), scratch["set"]));
    }

    [Fact]
    public void Equal_inputs_give_equal_bytes()
    {
        using var scratch = new ScratchFolder();
        var random = new Random(11);
        CorpusDocument[] documents = [.. Enumerable.Range(0, 3000).Select(i => RandomDocument(random, i))];
        string one = Prepare(new ListCorpus(documents), s_tokenizer, new DataSetSettings(64), scratch["one"]).Folder;
        string two = Prepare(new ListCorpus(documents), s_tokenizer, new DataSetSettings(64), scratch["two"]).Folder;
        string[] names = [.. Directory.EnumerateFiles(one).Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal)];
        Assert.Equal(names, Directory.EnumerateFiles(two).Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal));
        Assert.All(names, n => Assert.Equal(File.ReadAllBytes(Path.Combine(one, n)), File.ReadAllBytes(Path.Combine(two, n))));
    }

    [Fact]
    public void A_failure_leaves_nothing_behind()
    {
        using var scratch = new ScratchFolder();
        CorpusDocument[] documents = [.. Enumerable.Range(0, 5000).Select(i => Dialogue($"{i}", "hi", "yo"))];
        var failure = new CorpusFormatException("b.txt", "byte 7", "UTF-8", "0xFF");
        Assert.Same(failure, Assert.Throws<CorpusFormatException>(() => Prepare(new ListCorpus(documents, failure), s_tokenizer, new DataSetSettings(16), scratch["set"])));
        Assert.Empty(Directory.EnumerateFileSystemEntries(scratch.Path));

        using var cancelled = new CancellationTokenSource();
        var cancelOnFirst = new Progress(_ => cancelled.Cancel());
        Assert.ThrowsAny<OperationCanceledException>(() => DataSetPreparer.Prepare(new ListCorpus(documents), s_tokenizer, new DataSetSettings(16), scratch["set"], cancelOnFirst, cancelled.Token));
        Assert.Empty(Directory.EnumerateFileSystemEntries(scratch.Path));
    }

    [Fact]
    public void A_disk_that_fails_midway_is_reported_and_leaves_nothing_behind()
    {
        using var scratch = new ScratchFolder();

        // The folder being written vanishes under the writer, as when a volume goes away: creating the next file fails.
        IEnumerable<CorpusDocument> Documents()
        {
            yield return Dialogue("a", "hi", "yo");
            Directory.Delete(scratch["set.tmp"], recursive: true);
            yield return Dialogue("b", "hi", "yo");
        }

        Assert.ThrowsAny<IOException>(() => Prepare(new ListCorpus(Documents()), s_tokenizer, new DataSetSettings(16), scratch["set"]));
        Assert.Empty(Directory.EnumerateFileSystemEntries(scratch.Path));
    }

    [Fact]
    public void What_a_killed_process_left_is_replaced()
    {
        using var scratch = new ScratchFolder();
        scratch.Write(Path.Combine("set.tmp", "train-00000.tokens"), "half a shard");
        Prepare(new ListCorpus([Dialogue("d", "hi", "yo")]), s_tokenizer, new DataSetSettings(16), scratch["set"]);
        using PackedDataSet set = PackedDataSet.Open(scratch["set"]);
        Assert.Equal(1, set.RowCount(DataSplit.Train));
        Assert.Equal([scratch["set"]], Directory.EnumerateFileSystemEntries(scratch.Path));
    }

    [Fact]
    public void Only_one_process_prepares_a_folder_at_a_time()
    {
        using var scratch = new ScratchFolder();
        using (new FileStream(scratch["set.lock"], FileMode.Create, FileAccess.ReadWrite, FileShare.None))
        {
            IOException e = Assert.Throws<IOException>(() => Prepare(new ListCorpus([Dialogue("d", "hi", "yo")]), s_tokenizer, new DataSetSettings(16), scratch["set"]));
            Assert.Contains("another process", e.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_folder_of_something_else_is_left_alone()
    {
        using var scratch = new ScratchFolder();
        scratch.Write(Path.Combine("set", "letter.txt"), "dear");
        Assert.Throws<IOException>(() => Prepare(new ListCorpus([Dialogue("d", "hi", "yo")]), s_tokenizer, new DataSetSettings(16), scratch["set"]));
        Assert.Equal("dear", File.ReadAllText(scratch[Path.Combine("set", "letter.txt")]));
    }

    [Fact]
    public void Refuses_a_corpus_without_training_and_settings_out_of_range()
    {
        using var scratch = new ScratchFolder();
        CorpusDocument held = CorpusDocument.PlainText("h", DataSplit.HeldOut, "unseen");
        Assert.Throws<CorpusFormatException>(() => Prepare(new ListCorpus([held]), s_tokenizer, new DataSetSettings(16), scratch["set"]));
        Assert.Throws<ArgumentException>(() => Prepare(new ListCorpus([held]), s_tokenizer, new DataSetSettings(1), scratch["set"]));
        Assert.Throws<ArgumentException>(() => Prepare(new ListCorpus([held]), s_tokenizer, new DataSetSettings(16, (DataPacking)9), scratch["set"]));
    }

    private static PreparedDataSet Prepare(ICorpus corpus, ITokenizer tokenizer, DataSetSettings settings, string folder) =>
        DataSetPreparer.Prepare(corpus, tokenizer, settings, folder, documentsDone: null, TestContext.Current.CancellationToken);

    private static CorpusDocument Dialogue(string id, string question, string answer) =>
        CorpusDocument.Dialogue(id, DataSplit.Train, [new ChatTurn("user", question), new ChatTurn("assistant", answer)]);

    private static CorpusDocument RandomDocument(Random random, int i)
    {
        string Text() => new([.. Enumerable.Range(0, 1 + random.Next(60)).Select(_ => (char)('a' + random.Next(26)))]);

        return random.Next(3) == 0
            ? CorpusDocument.PlainText($"{i}", DataSplit.Train, Text())
            : CorpusDocument.Dialogue($"{i}", DataSplit.Train, [new ChatTurn("user", Text()), new ChatTurn("assistant", Text()), new ChatTurn("user", Text()), new ChatTurn("assistant", Text())]);
    }

    private static List<int> ReadTargets(string folder, DataSplit split)
    {
        using PackedDataSet set = PackedDataSet.Open(folder);
        var all = new List<int>();
        var inputs = new int[set.ContextLength];
        var targets = new int[set.ContextLength];
        for (long row = 0; row < set.RowCount(split); row++)
        {
            set.ReadRow(split, row, inputs, targets);
            all.AddRange(targets);
        }

        return all;
    }

    private sealed class Progress(Action<long> report) : IProgress<long>
    {
        public void Report(long value) => report(value);
    }
}
