namespace Lazuli.Numerics.Tests;

public sealed class PagedAttentionTests
{
    private const double OutputBound = 2e-5; // as CausalAttentionTests

    public static TheoryData<int, int, int, int, int> Shapes => new()
    {
        // T, H, G, D, page size
        { 1, 1, 1, 1, 1 },
        { 5, 2, 1, 4, 3 },
        { 9, 3, 3, 8, 4 },
        { 17, 4, 2, 15, 16 },
        { 40, 6, 6, 64, 16 },
        { 33, 8, 2, 32, 32 },
        { 70, 2, 1, 128, 16 },
        { 50, 4, 4, 17, 7 },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Many_rows_agree_with_double_precision(int time, int heads, int groups, int headSize, int pageSize)
    {
        var pool = new PagedSequence(time, heads, groups, headSize, pageSize, seed: 21);
        float[] y = pool.Attend(Enumerable.Range(0, time).ToArray(), threads: 2);
        (double[] expected, _) = AttentionReference.Causal(new AttentionShape(1, time, heads, groups, headSize), Near.ToDouble(pool.Qkv));
        Near.Absolute(expected, y, OutputBound, "y");
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void One_row_at_a_time_gives_the_bits_of_many_rows_in_any_chunks(int time, int heads, int groups, int headSize, int pageSize)
    {
        var pool = new PagedSequence(time, heads, groups, headSize, pageSize, seed: 22);
        int width = heads * headSize;
        float[] all = pool.Attend(Enumerable.Range(0, time).ToArray(), threads: 1);
        for (int t = 0; t < time; t++)
        {
            Near.Bits(all.AsSpan(t * width, width), pool.Attend([t], threads: 1), $"row {t}");
        }

        int half = time / 2;
        Near.Bits(all.AsSpan(half * width), pool.Attend(Enumerable.Range(half, time - half).ToArray(), threads: 3), "second chunk");
    }

    [Fact]
    public void Mixed_sequences_and_positions_give_each_row_the_bits_it_has_alone()
    {
        var pool = new PagedSequence(64, 4, 2, 32, 16, seed: 23);
        int[] mixed = [63, 3, 15, 16, 17, 0, 31, 32, 33, 34, 35, 36, 37, 1];
        float[] together = pool.Attend(mixed, threads: 2);
        for (int i = 0; i < mixed.Length; i++)
        {
            Near.Bits(pool.Attend([mixed[i]], threads: 1), together.AsSpan(i * 128, 128), $"position {mixed[i]}");
        }
    }

    [Fact]
    public void Stale_slots_behind_a_position_are_not_seen()
    {
        var pool = new PagedSequence(20, 2, 2, 16, 8, seed: 24, stale: float.NaN);
        float[] y = pool.Attend(Enumerable.Range(0, 20).ToArray(), threads: 1);
        Assert.All(y, v => Assert.True(float.IsFinite(v)));
    }

    [Fact]
    public void Two_sequences_do_not_mix()
    {
        using var bench = new KernelBench(2);
        var shape = new PagedAttentionShape(2, 1, 1, 4, 2, 2);
        DeviceBuffer keys = bench.Put(KernelBench.Normal(1, 4 * 2 * 4));
        DeviceBuffer values = bench.Put(Enumerable.Range(0, 32).Select(i => i / 8 is 0 or 2 ? 1f : 2f).ToArray());
        DeviceBuffer y = bench.Unwritten(8);
        bench.Backend.PagedAttention(shape, bench.Put(KernelBench.Normal(2, 2 * 12)), keys, values, bench.Put(0, 2, 3, 1), bench.Put(0, 1), bench.Put(3, 2), y);
        float[] found = bench.Get(y);
        Near.Absolute([1, 1, 1, 1, 2, 2, 2, 2], found, 1e-6, "y");
    }

    [Fact]
    public void Refuses_pages_positions_and_slots_that_do_not_exist()
    {
        using var bench = new KernelBench();
        var shape = new PagedAttentionShape(1, 1, 1, 4, 2, 2);
        DeviceBuffer qkv = bench.Put(new float[12]);
        DeviceBuffer pool = bench.Put(new float[16]);
        DeviceBuffer other = bench.Put(new float[16]);
        DeviceBuffer y = bench.Put(new float[4]);
        CpuBackend b = bench.Backend;
        Assert.Throws<ArgumentException>(() => b.PagedAttention(shape, qkv, pool, other, bench.Put(0, 2), bench.Put(0), bench.Put(2), y));
        Assert.Throws<ArgumentException>(() => b.PagedAttention(shape, qkv, pool, other, bench.Put(0, 1), bench.Put(1), bench.Put(2), y));
        Assert.Throws<ArgumentException>(() => b.PagedAttention(shape, qkv, pool, other, bench.Put(0, 1), bench.Put(0), bench.Put(4), y));
        Assert.Throws<ArgumentException>(() => b.StoreKeyValue(shape, qkv, bench.Put(4), pool, other));
        Assert.Throws<ArgumentException>(() => b.StoreKeyValue(shape, qkv, bench.Put(-1), pool, other));
        b.PagedAttention(shape, qkv, pool, other, bench.Put(0, 2), bench.Put(0), bench.Put(1), y); // page 2 is not needed for position 1
    }

    [Fact]
    public void Steady_state_allocates_nothing()
    {
        using var bench = new KernelBench(2);
        var shape = new PagedAttentionShape(2, 2, 1, 16, 4, 2);
        DeviceBuffer qkv = bench.Put(KernelBench.Normal(1, 2 * 64));
        DeviceBuffer keys = bench.Put(new float[4 * 4 * 16]);
        DeviceBuffer values = bench.Put(new float[4 * 4 * 16]);
        DeviceBuffer table = bench.Put(0, 1, 2, 3);
        DeviceBuffer sequences = bench.Put(0, 1);
        DeviceBuffer positions = bench.Put(5, 2);
        DeviceBuffer slots = bench.Put(5, 10);
        DeviceBuffer y = bench.Unwritten(64);
        Allocations.AreNone(() =>
        {
            bench.Backend.StoreKeyValue(shape, qkv, slots, keys, values);
            bench.Backend.PagedAttention(shape, qkv, keys, values, table, sequences, positions, y);
        });
    }

    /// <summary>One sequence whose pages lie scattered in a pool.</summary>
    private sealed class PagedSequence(int time, int heads, int groups, int headSize, int pageSize, int seed, float stale = 0f)
    {
        private readonly int _pages = (time + pageSize - 1) / pageSize;

        public float[] Qkv { get; } = KernelBench.Normal(seed, time * (heads + (2 * groups)) * headSize);

        public float[] Attend(int[] rows, int threads)
        {
            using var bench = new KernelBench(threads);
            int stride = (heads + (2 * groups)) * headSize;
            int[] table = Enumerable.Range(0, _pages).Select(p => (_pages * 2) - 1 - p).ToArray();
            int slots = _pages * 2 * pageSize;
            DeviceBuffer keys = bench.Put(Enumerable.Repeat(stale, slots * groups * headSize).ToArray());
            DeviceBuffer values = bench.Put(Enumerable.Repeat(stale, slots * groups * headSize).ToArray());
            var all = new PagedAttentionShape(time, heads, groups, headSize, pageSize, _pages);
            int[] places = Enumerable.Range(0, time).Select(t => (table[t / pageSize] * pageSize) + (t % pageSize)).ToArray();
            bench.Backend.StoreKeyValue(all, bench.Put(Qkv), bench.Put(places), keys, values);
            float[] queries = rows.SelectMany(t => Qkv.Skip(t * stride).Take(stride)).ToArray();
            DeviceBuffer y = bench.Unwritten((long)rows.Length * heads * headSize);
            bench.Backend.PagedAttention(
                all with { Rows = rows.Length }, bench.Put(queries), keys, values, bench.Put(table), bench.Put(new int[rows.Length]), bench.Put(rows), y);
            return bench.Get(y);
        }
    }
}
