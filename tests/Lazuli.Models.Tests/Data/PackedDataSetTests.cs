using System.Buffers.Binary;
using System.Security.Cryptography;
using CsCheck;
using Lazuli.Testing;
using Lazuli.Training;

namespace Lazuli.Models.Tests;

public sealed class PackedDataSetTests
{
    [Fact]
    public void Rows_come_back_as_they_were_written() =>
        Gen.Select(Gen.Int[2, 1300], Gen.Int[0, 6], Gen.Bool.Select(b => b ? 300 : 70_000), Gen.Int[0, int.MaxValue]).Sample(
            (context, rows, vocabulary, seed) =>
            {
                using var scratch = new ScratchFolder();
                var random = new Random(seed);
                (int[] Ids, bool[] Counts)[] written = [.. Enumerable.Range(0, rows).Select(_ => RandomRow(random, context, vocabulary))];
                // Shards of about two rows, so that rows are found across files.
                Write(scratch.Path, context, vocabulary, written, maxShardBytes: (context + 1) * 4 * 2);

                using PackedDataSet set = PackedDataSet.Open(scratch.Path);
                Assert.Equal(rows, set.RowCount(DataSplit.Train));
                Assert.Equal(0, set.RowCount(DataSplit.HeldOut));
                var inputs = new int[context];
                var targets = new int[context];
                for (int row = 0; row < rows; row++)
                {
                    set.ReadRow(DataSplit.Train, row, inputs, targets);
                    (int[] ids, bool[] counts) = written[row];
                    Assert.Equal(ids[..context], inputs);
                    Assert.Equal(Enumerable.Range(1, context).Select(i => counts[i] ? ids[i] : PackedDataSet.NoTarget), targets);
                    Assert.Equal(Enumerable.Range(1, context).Sum(i => counts[i] ? ids[i] % 7 : 0), set.TargetBytes(DataSplit.Train, row));
                }
            },
            iter: 25,
            threads: 1);

    [Fact]
    public void A_mask_is_stored_only_where_a_target_is_off()
    {
        using var scratch = new ScratchFolder();
        bool[] on = [false, true, true, true, true];
        Write(scratch.Path, 4, 300, [([1, 2, 3, 4, 5], on), ([1, 2, 3, 4, 5], [false, true, true, false, true])], maxShardBytes: 1);
        DataSetManifest manifest = DataSetManifest.Read(scratch.Path);
        Assert.Null(manifest.Train.Shards[0].Mask);
        Assert.NotNull(manifest.Train.Shards[1].Mask);
        Assert.Equal(7, manifest.Train.Targets);
    }

    [Fact]
    public void Reading_a_row_allocates_nothing()
    {
        using var scratch = new ScratchFolder();
        Write(scratch.Path, 64, 300, [RandomRow(new Random(1), 64, 300)]);
        using PackedDataSet set = PackedDataSet.Open(scratch.Path);
        var inputs = new int[64];
        var targets = new int[64];
        set.ReadRow(DataSplit.Train, 0, inputs, targets);
        ThreadAllocations counted = ThreadAllocations.Start();
        for (int i = 0; i < 100; i++)
        {
            set.ReadRow(DataSplit.Train, 0, inputs, targets);
        }

        Assert.Equal(0, counted.Bytes);
    }

    [Fact]
    public async Task Verifying_an_untouched_set_finds_nothing()
    {
        using var scratch = new ScratchFolder();
        Write(scratch.Path, 16, 300, [RandomRow(new Random(1), 16, 300)]);
        using PackedDataSet set = PackedDataSet.Open(scratch.Path);
        await set.VerifyAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Verifying_finds_a_flipped_bit_in_any_file()
    {
        using var scratch = new ScratchFolder();
        Write(scratch.Path, 16, 300, [RandomRow(new Random(1), 16, 300)]);
        foreach (string file in new[] { "train-00000.tokens", "train-00000.mask" })
        {
            byte[] good = await File.ReadAllBytesAsync(scratch[file], TestContext.Current.CancellationToken);
            byte[] bad = [.. good];
            bad[^1] ^= 1;
            scratch.Write(file, bad);
            using (PackedDataSet set = PackedDataSet.Open(scratch.Path))
            {
                DataSetFormatException e = await Assert.ThrowsAsync<DataSetFormatException>(() => set.VerifyAsync(TestContext.Current.CancellationToken));
                Assert.EndsWith(file, e.Path, StringComparison.Ordinal);
            }

            scratch.Write(file, good);
        }
    }

    [Fact]
    public void Opening_refuses_a_file_that_is_shorter_longer_or_missing()
    {
        using var scratch = new ScratchFolder();
        Write(scratch.Path, 16, 300, [RandomRow(new Random(1), 16, 300)]);
        foreach (string file in new[] { "train-00000.tokens", "train-00000.mask", "token-lengths", "manifest.json" })
        {
            byte[] good = File.ReadAllBytes(scratch[file]);
            scratch.Write(file, good[..^1]);
            Assert.Throws<DataSetFormatException>(() => PackedDataSet.Open(scratch.Path));
            scratch.Write(file, [.. good, (byte)'x']);
            Assert.Throws<DataSetFormatException>(() => PackedDataSet.Open(scratch.Path));
            File.Delete(scratch[file]);
            Assert.Throws<DataSetFormatException>(() => PackedDataSet.Open(scratch.Path));
            scratch.Write(file, good);
        }
    }

    [Fact]
    public void Opening_refuses_a_manifest_cut_at_any_byte()
    {
        using var scratch = new ScratchFolder();
        Write(scratch.Path, 16, 300, [RandomRow(new Random(1), 16, 300)]);
        byte[] good = File.ReadAllBytes(scratch["manifest.json"]);
        for (int length = 0; length < good.Length; length++)
        {
            scratch.Write("manifest.json", good[..length]);
            Assert.Throws<DataSetFormatException>(() => PackedDataSet.Open(scratch.Path));
        }
    }

    [Fact]
    public void A_bit_flipped_in_the_manifest_is_refused_or_changes_only_words_and_counts()
    {
        using var scratch = new ScratchFolder();
        Write(scratch.Path, 16, 300, [RandomRow(new Random(1), 16, 300)]);
        byte[] good = File.ReadAllBytes(scratch["manifest.json"]);
        string digest = DataSetManifest.Read(scratch.Path).Digest;
        var random = new Random(5);
        int refused = 0;
        for (int i = 0; i < 2000; i++)
        {
            byte[] bad = [.. good];
            bad[random.Next(bad.Length)] ^= (byte)(1 << random.Next(8));
            scratch.Write("manifest.json", bad);
            try
            {
                using PackedDataSet set = PackedDataSet.Open(scratch.Path);
                Assert.Equal(digest, set.Digest);
                Assert.Equal(16, set.ContextLength);
                Assert.Equal(1, set.RowCount(DataSplit.Train));
            }
            catch (DataSetFormatException)
            {
                refused++;
            }
        }

        Assert.InRange(refused, 1000, 2000);
    }

    [Theory]
    [InlineData("\"../train-00000.tokens\"")]
    [InlineData("\"/etc/passwd\"")]
    [InlineData("\"manifest.json\"")]
    public void Refuses_file_names_that_lead_elsewhere(string name)
    {
        using var scratch = new ScratchFolder();
        Write(scratch.Path, 16, 300, [RandomRow(new Random(1), 16, 300)]);
        string manifest = File.ReadAllText(scratch["manifest.json"]);
        scratch.Write("manifest.json", manifest.Replace("\"train-00000.tokens\"", name, StringComparison.Ordinal));
        DataSetFormatException e = Assert.Throws<DataSetFormatException>(() => PackedDataSet.Open(scratch.Path));
        Assert.Contains("a file name inside the folder", e.Expected, StringComparison.Ordinal);
    }

    [Fact]
    public void An_id_outside_the_vocabulary_is_refused_when_its_row_is_read()
    {
        using var scratch = new ScratchFolder();
        Write(scratch.Path, 16, 300, [RandomRow(new Random(1), 16, 300)]);
        byte[] tokens = File.ReadAllBytes(scratch["train-00000.tokens"]);
        BinaryPrimitives.WriteUInt16LittleEndian(tokens.AsSpan(10), 300);
        scratch.Write("train-00000.tokens", tokens);
        using PackedDataSet set = PackedDataSet.Open(scratch.Path);
        DataSetFormatException e = Assert.Throws<DataSetFormatException>(() => set.ReadRow(DataSplit.Train, 0, new int[16], new int[16]));
        Assert.Equal("Train row 0, token 5", e.Place);
        Assert.Equal("300", e.Found);
    }

    [Fact]
    public void Refuses_wrong_spans_and_rows_that_are_not_there()
    {
        using var scratch = new ScratchFolder();
        Write(scratch.Path, 16, 300, [RandomRow(new Random(1), 16, 300)]);
        using PackedDataSet set = PackedDataSet.Open(scratch.Path);
        Assert.Throws<ArgumentException>(() => set.ReadRow(DataSplit.Train, 0, new int[15], new int[16]));
        Assert.Throws<ArgumentOutOfRangeException>(() => set.ReadRow(DataSplit.Train, 1, new int[16], new int[16]));
        Assert.Throws<ArgumentOutOfRangeException>(() => set.ReadRow(DataSplit.HeldOut, 0, new int[16], new int[16]));
        Assert.Throws<ArgumentOutOfRangeException>(() => set.TargetBytes(DataSplit.Train, -1));
    }

    private static (int[] Ids, bool[] Counts) RandomRow(Random random, int context, int vocabulary) =>
        ([.. Enumerable.Range(0, context + 1).Select(_ => random.Next(vocabulary))], [.. Enumerable.Range(0, context + 1).Select(_ => random.Next(3) > 0)]);

    private static void Write(string folder, int context, int vocabulary, IEnumerable<(int[] Ids, bool[] Counts)> rows, long maxShardBytes = 1 << 20)
    {
        var settings = new DataSetSettings(context);
        int[] lengths = [.. Enumerable.Range(0, vocabulary).Select(i => i % 7)];
        int width = vocabulary <= 1 << 16 ? 2 : 4;
        DataSetSplitManifest train;
        using (var writer = new RowWriter(folder, "train", settings, lengths, width, maxShardBytes))
        {
            foreach ((int[] ids, bool[] counts) in rows)
            {
                writer.Write(ids, counts);
            }

            train = writer.Finish(1, 0);
        }

        byte[] table = new byte[vocabulary * 4];
        for (int i = 0; i < vocabulary; i++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(table.AsSpan(i * 4), lengths[i]);
        }

        File.WriteAllBytes(Path.Combine(folder, "token-lengths"), table);
        var manifest = new DataSetManifest(
            DataSetManifest.FormatName, DataSetManifest.FormatVersion, "", "sha256:inputs", "sha256:tokenizer", vocabulary, width, settings, "a test", "none",
            new DataSetFile("token-lengths", table.Length, DataSetManifest.DigestOf(SHA256.HashData(table))), train, new DataSetSplitManifest(0, 0, 0, 0, 0, []));
        manifest = manifest with { Digest = manifest.ComputeDigest() };
        File.WriteAllBytes(Path.Combine(folder, DataSetManifest.FileName), manifest.ToJson());
    }
}
