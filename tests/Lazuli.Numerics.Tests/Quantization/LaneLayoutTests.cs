namespace Lazuli.Numerics.Tests;

public sealed class LaneLayoutTests
{
    private static readonly WeightFormat[] s_formats = [.. StoredRows.All.Where(f => LaneLayout.Fits(f, LaneLayout.GroupRows, 256))];

    public static TheoryData<WeightFormat> Formats() => [.. s_formats];

    public static TheoryData<WeightFormat, int, int, int> Shapes()
    {
        var data = new TheoryData<WeightFormat, int, int, int>();
        int[] outputs = [8, 16, 24, 48, 72, 200];
        int next = 0;
        foreach (WeightFormat format in s_formats)
        {
            int block = Math.Max(16, WeightFormats.BlockLength(format));
            foreach (int rows in new[] { 1, 2, 3, 5, 18, 70 })
            {
                foreach (int blocks in new[] { 1, 2, 3, 9, 17 })
                {
                    data.Add(format, rows, blocks * block, outputs[next++ % outputs.Length]);
                }
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Bytes_come_back_as_they_were_and_none_is_lost(WeightFormat format)
    {
        const int Columns = 768;
        byte[] rows = StoredRows.Random(format, LaneLayout.GroupRows, Columns, 1), lanes = new byte[rows.Length], back = new byte[rows.Length];

        LaneLayout.Arrange(format, Columns, rows, lanes);
        int rowBytes = rows.Length / LaneLayout.GroupRows;
        for (int row = 0; row < LaneLayout.GroupRows; row++)
        {
            LaneLayout.RestoreRow(format, Columns, lanes, row, back.AsSpan(row * rowBytes, rowBytes));
        }

        Assert.Equal(rows, back);
        Assert.NotEqual(rows, lanes);
        Assert.Equal(rows.Order(), lanes.Order());
    }

    [Fact]
    public void The_first_vector_of_nibbles_holds_the_first_four_bytes_of_eight_rows()
    {
        byte[] rows = StoredRows.Random(WeightFormat.Q4_0, 8, 64, 1), lanes = new byte[rows.Length];

        LaneLayout.Arrange(WeightFormat.Q4_0, 64, rows, lanes);

        for (int row = 0; row < 8; row++)
        {
            Assert.Equal(rows.AsSpan(row * 36, 2).ToArray(), lanes.AsSpan(2 * row, 2).ToArray());
            Assert.Equal(rows.AsSpan((row * 36) + 2, 4).ToArray(), lanes.AsSpan(16 + (4 * row), 4).ToArray());
            Assert.Equal(rows.AsSpan((row * 36) + 18, 2).ToArray(), lanes.AsSpan(144 + (2 * row), 2).ToArray());
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Products_have_the_bits_of_rows_as_they_lie(WeightFormat format, int rows, int inputs, int outputs)
    {
        using var bench = new OperatorBench(2);
        byte[] weights = StoredRows.Random(format, outputs, inputs, 2);
        DeviceBuffer x = bench.Put(bench.Normal(rows * inputs, 1)), plain = bench.Put(new float[rows * outputs]), lanes = bench.Put(new float[rows * outputs]);

        bench.Backend.LinearQuantized(rows, inputs, x, [new QuantizedWeight(format, outputs, bench.PutUnaligned(weights), default)], plain);
        bench.Backend.LinearQuantized(rows, inputs, x, [new QuantizedWeight(format, outputs, bench.PutUnaligned(InLanes(format, outputs, inputs, weights)), default, WeightLayout.Lanes)], lanes);

        Assert.Equal(bench.Get(plain), bench.Get(lanes));
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Largest_stored_integers_do_not_overflow(WeightFormat format)
    {
        const int Inputs = 512, Outputs = 24;
        foreach (int rows in new[] { 1, 4 })
        {
            using var bench = new OperatorBench(1);
            float[] x = [.. Enumerable.Range(0, rows * Inputs).Select(i => i / Inputs % 2 == 0 ? -3f : 3f)];
            byte[] weights = StoredRows.Random(format, Outputs, Inputs, 5, extreme: true);
            DeviceBuffer y = bench.Put(new float[rows * Outputs]);

            bench.Backend.LinearQuantized(rows, Inputs, bench.Put(x), [new QuantizedWeight(format, Outputs, bench.PutUnaligned(InLanes(format, Outputs, Inputs, weights)), default, WeightLayout.Lanes)], y);

            QuantizedReference.AssertProduct(format, rows, Inputs, Outputs, x, weights, bench.Get(y), 0, Outputs);
        }
    }

    [Fact]
    public void Parts_in_either_layout_lie_side_by_side()
    {
        const int Inputs = 512, Each = 24;
        foreach (int rows in new[] { 1, 2, 6 })
        {
            using var bench = new OperatorBench(2);
            DeviceBuffer x = bench.Put(bench.Normal(rows * Inputs, 1));
            QuantizedWeight[] plain = [.. s_formats.Select((f, i) => new QuantizedWeight(f, Each, bench.PutUnaligned(StoredRows.Random(f, Each, Inputs, i)), bench.Put(bench.Normal(Each, 9))))];
            QuantizedWeight[] mixed = [.. plain.Select((p, i) => i % 2 == 0 ? p : p with { Layout = WeightLayout.Lanes, Rows = bench.PutUnaligned(InLanes(p.Format, Each, Inputs, StoredRows.Random(p.Format, Each, Inputs, i))) })];
            DeviceBuffer expected = bench.Put(new float[rows * Each * plain.Length]), found = bench.Put(new float[rows * Each * plain.Length]);

            bench.Backend.LinearQuantized(rows, Inputs, x, plain, expected);
            bench.Backend.LinearQuantized(rows, Inputs, x, mixed, found);

            Assert.Equal(bench.Get(expected), bench.Get(found));
        }
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Embedding_rows_are_found_in_lanes(WeightFormat format)
    {
        const int Channels = 512, Vocabulary = 24;
        using var bench = new OperatorBench(2);
        byte[] table = StoredRows.Random(format, Vocabulary, Channels, 1);
        int[] ids = [3, 0, 16, 3, 23, 8, 9, 15, 1];
        DeviceBuffer expected = bench.Put(new float[ids.Length * Channels]), found = bench.Put(new float[ids.Length * Channels]);

        bench.Backend.EmbeddingGatherQuantized(format, Channels, bench.Put(ids), bench.PutUnaligned(table), expected);
        bench.Backend.EmbeddingGatherQuantized(format, Channels, bench.Put(ids), bench.PutUnaligned(InLanes(format, Vocabulary, Channels, table)), found, WeightLayout.Lanes);

        Assert.Equal(bench.Get(expected), bench.Get(found));
    }

    [Fact]
    public void Matrices_that_are_no_whole_groups_are_refused()
    {
        using var bench = new OperatorBench(1);
        DeviceBuffer x = bench.Put(new float[32]), y = bench.Put(new float[12]), rows = bench.PutUnaligned(new byte[12 * 34]);

        Assert.False(LaneLayout.Fits(WeightFormat.Q8_0, 12, 32));
        Assert.False(LaneLayout.Fits(WeightFormat.F32, 16, 32));
        Assert.False(LaneLayout.Fits(WeightFormat.F16, 16, 24));
        Assert.Contains("cannot lie in lanes", Assert.Throws<ArgumentException>(() => bench.Backend.LinearQuantized(1, 32, x, [new QuantizedWeight(WeightFormat.Q8_0, 12, rows, default, WeightLayout.Lanes)], y)).Message, StringComparison.Ordinal);
        Assert.Contains("cannot lie in lanes", Assert.Throws<ArgumentException>(() => bench.Backend.EmbeddingGatherQuantized(WeightFormat.Q8_0, 32, bench.Put([1]), rows, x, WeightLayout.Lanes)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => LaneLayout.Arrange(WeightFormat.Q8_0, 32, new byte[272], new byte[271]));
    }

    private static byte[] InLanes(WeightFormat format, int rows, int columns, byte[] plain)
    {
        var lanes = new byte[plain.Length];
        int group = plain.Length / rows * LaneLayout.GroupRows;
        for (int at = 0; at < plain.Length; at += group)
        {
            LaneLayout.Arrange(format, columns, plain.AsSpan(at, group), lanes.AsSpan(at, group));
        }

        return lanes;
    }
}
