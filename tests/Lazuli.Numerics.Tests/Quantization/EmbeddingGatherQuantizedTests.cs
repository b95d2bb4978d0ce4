namespace Lazuli.Numerics.Tests;

public sealed class EmbeddingGatherQuantizedTests
{
    public static TheoryData<WeightFormat> Formats() => [.. StoredRows.All];

    [Theory]
    [MemberData(nameof(Formats))]
    public void Rows_are_dequantised(WeightFormat format)
    {
        const int Channels = 512, Vocabulary = 7;
        using var bench = new OperatorBench(2);
        byte[] table = StoredRows.Random(format, Vocabulary, Channels, 1);
        int[] ids = [3, 0, 6, 3, 5];
        DeviceBuffer y = bench.Put(new float[ids.Length * Channels]);

        bench.Backend.EmbeddingGatherQuantized(format, Channels, bench.Put(ids), bench.PutUnaligned(table), y);

        float[] found = bench.Get(y);
        int rowBytes = (int)WeightFormats.RowBytes(format, Channels);
        for (int i = 0; i < found.Length; i++)
        {
            double expected = StoredRows.Weight(format, table.AsSpan(ids[i / Channels] * rowBytes, rowBytes), i % Channels, out double size);
            Assert.InRange(Math.Abs(found[i] - expected), 0, size * Math.ScaleB(1, -23));
        }
    }

    [Fact]
    public void Ids_outside_the_table_are_refused()
    {
        using var bench = new OperatorBench(1);
        DeviceBuffer table = bench.PutUnaligned(new byte[68]), y = bench.Put(new float[32]);

        Assert.Contains("ids[0] is 2", Assert.Throws<ArgumentException>(() => bench.Backend.EmbeddingGatherQuantized(WeightFormat.Q8_0, 32, bench.Put([2]), table, y)).Message, StringComparison.Ordinal);
        Assert.Contains("whole rows of 18 bytes", Assert.Throws<ArgumentException>(() => bench.Backend.EmbeddingGatherQuantized(WeightFormat.Q4_0, 32, bench.Put([0]), table, y)).Message, StringComparison.Ordinal);
    }
}
