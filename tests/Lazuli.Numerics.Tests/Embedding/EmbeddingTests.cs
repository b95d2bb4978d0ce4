namespace Lazuli.Numerics.Tests;

public sealed class EmbeddingTests
{
    [Fact]
    public void Gather_copies_rows_or_adds_them()
    {
        using var bench = new KernelBench(2);
        foreach (int channels in Sweep.Lengths)
        {
            int[] ids = Enumerable.Range(0, 70).Select(i => i * 3 % 11).ToArray();
            float[] table = KernelBench.Normal(1, 11 * channels);
            DeviceBuffer y = bench.Unwritten(70 * channels);
            bench.Backend.EmbeddingGather(channels, bench.Put(ids), bench.Put(table), y);
            float[] expected = ids.SelectMany(id => table[(id * channels)..((id + 1) * channels)]).ToArray();
            Near.Bits(expected, bench.Get(y), "gather");
            bench.Backend.EmbeddingGather(channels, bench.Put(ids), bench.Put(table), y, accumulate: true);
            Near.Bits(expected.Select(v => v + v).ToArray(), bench.Get(y), "accumulate");
        }
    }

    [Fact]
    public void Scatter_adds_in_ascending_order_of_rows_on_any_number_of_threads()
    {
        for (int threads = 1; threads <= 3; threads++)
        {
            using var bench = new KernelBench(threads);
            foreach (int channels in Sweep.Lengths)
            {
                int[] ids = Enumerable.Range(0, 40).Select(i => i * i % 5).ToArray();
                float[] dy = KernelBench.Normal(2, 40 * channels);
                float[] expected = KernelBench.Normal(3, 5 * channels);
                DeviceBuffer table = bench.Put(expected);
                bench.Backend.EmbeddingScatterAdd(channels, bench.Put(ids), bench.Put(dy), table);
                for (int r = 0; r < 40; r++)
                {
                    for (int c = 0; c < channels; c++)
                    {
                        expected[(ids[r] * channels) + c] += dy[(r * channels) + c];
                    }
                }

                Near.Bits(expected, bench.Get(table), "scatter");
            }
        }
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(4)]
    public void An_id_outside_the_vocabulary_is_named_and_nothing_is_written(int id)
    {
        using var bench = new KernelBench();
        DeviceBuffer table = bench.Put(new float[12]);
        DeviceBuffer y = bench.Put(5f, 5f, 5f, 5f, 5f, 5f);
        ArgumentException e = Assert.Throws<ArgumentException>(() => bench.Backend.EmbeddingGather(3, bench.Put(0, id), table, y));
        Assert.Contains($"ids[1] is {id}; wants an id in [0, 4)", e.Message, StringComparison.Ordinal);
        Assert.All(bench.Get(y), v => Assert.Equal(5f, v));
        Assert.Throws<ArgumentException>(() => bench.Backend.EmbeddingScatterAdd(3, bench.Put(0, id), y, table));
    }

    [Fact]
    public void Steady_state_allocates_nothing()
    {
        using var bench = new KernelBench(2);
        DeviceBuffer ids = bench.Put(new int[100]);
        DeviceBuffer y = bench.Put(new float[100 * 70]);
        DeviceBuffer table = bench.Put(new float[9 * 70]);
        Allocations.AreNone(() =>
        {
            bench.Backend.EmbeddingGather(70, ids, table, y);
            bench.Backend.EmbeddingScatterAdd(70, ids, y, table);
        });
    }
}
