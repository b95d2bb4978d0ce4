namespace Lazuli.Numerics.Tests;

/// <summary>Attention over keys and values that are kept in fewer bits.</summary>
public sealed class KeyValueFormatTests
{
    public static TheoryData<KeyValueFormat, int, int, int, int, int> Shapes()
    {
        var data = new TheoryData<KeyValueFormat, int, int, int, int, int>();
        foreach ((int time, int heads, int groups, int headSize, int page) in new[] { (5, 2, 1, 4, 3), (17, 4, 2, 15, 16), (40, 6, 6, 64, 16), (33, 8, 2, 32, 32), (70, 2, 1, 128, 16), (50, 4, 4, 17, 7), (61, 4, 1, 96, 8) })
        {
            data.Add(KeyValueFormat.F16, time, heads, groups, headSize, page);
            if (headSize % 32 == 0)
            {
                data.Add(KeyValueFormat.Q8_0, time, heads, groups, headSize, page);
            }
        }

        return data;
    }

    /// <summary>The reference gets keys and values as the format rounds them, by its description: what is left is the error of fp32 sums.</summary>
    [Theory]
    [MemberData(nameof(Shapes))]
    public void Rows_agree_with_double_precision_over_rounded_keys_and_values(KeyValueFormat format, int time, int heads, int groups, int headSize, int pageSize)
    {
        var pool = new Sequence(format, time, heads, groups, headSize, pageSize);
        float[] y = pool.Attend([.. Enumerable.Range(0, time)], threads: 2);
        (double[] expected, _) = AttentionReference.Causal(new AttentionShape(1, time, heads, groups, headSize), pool.Rounded());
        Near.Absolute(expected, y, 2e-5, "y");
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void One_row_at_a_time_gives_the_bits_of_many_rows(KeyValueFormat format, int time, int heads, int groups, int headSize, int pageSize)
    {
        var pool = new Sequence(format, time, heads, groups, headSize, pageSize);
        float[] all = pool.Attend([.. Enumerable.Range(0, time)], threads: 2);
        int width = heads * headSize;
        for (int t = 0; t < time; t += 3)
        {
            Near.Bits(all.AsSpan(t * width, width), pool.Attend([t], threads: 1), $"row {t}");
        }
    }

    [Theory]
    [InlineData(KeyValueFormat.F16, float.NaN)]
    [InlineData(KeyValueFormat.Q8_0, float.NaN)]
    [InlineData(KeyValueFormat.Q8_0, float.PositiveInfinity)]
    public void What_is_not_a_number_is_not_hidden(KeyValueFormat format, float bad)
    {
        var pool = new Sequence(format, 20, 2, 1, 32, 8);
        pool.Qkv[(7 * 128) + 64 + 5] = bad; // a key of token 7
        float[] y = pool.Attend([.. Enumerable.Range(0, 20)], threads: 1);
        Assert.All(y[..(7 * 64)], v => Assert.True(float.IsFinite(v)));
        Assert.All(y[(7 * 64)..], v => Assert.False(float.IsFinite(v)));
    }

    [Fact]
    public void Sizes_beyond_the_format_become_its_largest()
    {
        foreach (KeyValueFormat format in new[] { KeyValueFormat.F16, KeyValueFormat.Q8_0 })
        {
            var pool = new Sequence(format, 3, 1, 1, 32, 8);
            pool.Qkv.AsSpan().Fill(1e-3f);
            pool.Qkv[64] = 1e20f; // a value of token 0
            float[] y = pool.Attend([0, 1, 2], threads: 1);
            Assert.All(y, v => Assert.True(float.IsFinite(v)));
            Assert.InRange(y[0], 60_000, 65_504 * 127);
        }
    }

    [Fact]
    public void Heads_that_are_no_whole_blocks_and_pools_of_another_kind_are_refused()
    {
        using var bench = new KernelBench();
        DeviceBuffer qkv = bench.Put(new float[3 * 48]), slots = bench.Put(0), floats = bench.Put(new float[48]);
        Assert.Contains("keep keys and values in F16", Assert.Throws<ArgumentException>(() => bench.Backend.StoreKeyValue(new PagedAttentionShape(1, 1, 1, 48, 1, 1, KeyValueFormat.Q8_0), qkv, slots, floats, floats)).Message, StringComparison.Ordinal);
        Assert.Contains("96 bytes (F16)", Assert.Throws<ArgumentException>(() => bench.Backend.StoreKeyValue(new PagedAttentionShape(1, 1, 1, 48, 1, 1, KeyValueFormat.F16), qkv, slots, floats, floats)).Message, StringComparison.Ordinal);
    }

    /// <summary>One sequence whose pages lie scattered in a pool.</summary>
    private sealed class Sequence(KeyValueFormat format, int time, int heads, int groups, int headSize, int pageSize)
    {
        private readonly int _pages = (time + pageSize - 1) / pageSize;

        public float[] Qkv { get; } = KernelBench.Normal(9, time * (heads + (2 * groups)) * headSize);

        private int Stride => (heads + (2 * groups)) * headSize;

        /// <summary>What attention sees: queries as they are, keys and values rounded.</summary>
        public double[] Rounded()
        {
            double[] seen = Near.ToDouble(Qkv);
            for (int t = 0; t < time; t++)
            {
                for (int c = heads * headSize; c < Stride; c += format == KeyValueFormat.F16 ? 1 : 32)
                {
                    Round(Qkv.AsSpan((t * Stride) + c, format == KeyValueFormat.F16 ? 1 : 32), seen.AsSpan((t * Stride) + c));
                }
            }

            return seen;
        }

        public float[] Attend(int[] rows, int threads)
        {
            using var bench = new KernelBench(threads);
            int[] table = [.. Enumerable.Range(0, _pages).Select(p => (_pages * 2) - 1 - p)];
            int slots = _pages * 2 * pageSize;
            using DeviceArena arena = bench.Backend.CreateArena("pools");
            var all = new PagedAttentionShape(time, heads, groups, headSize, pageSize, _pages, format);
            DeviceBuffer keys = arena.Bytes(slots * all.PoolRowBytes), values = arena.Bytes(slots * all.PoolRowBytes);
            int[] places = [.. Enumerable.Range(0, time).Select(t => (table[t / pageSize] * pageSize) + (t % pageSize))];
            bench.Backend.StoreKeyValue(all, bench.Put(Qkv), bench.Put(places), keys, values);
            float[] queries = [.. rows.SelectMany(t => Qkv.Skip(t * Stride).Take(Stride))];
            DeviceBuffer y = bench.Unwritten((long)rows.Length * heads * headSize);
            bench.Backend.PagedAttention(all with { Rows = rows.Length }, bench.Put(queries), keys, values, bench.Put(table), bench.Put(new int[rows.Length]), bench.Put(rows), y);
            return bench.Get(y);
        }

        private void Round(ReadOnlySpan<float> from, Span<double> to)
        {
            if (format == KeyValueFormat.F16)
            {
                to[0] = (double)(Half)from[0];
                return;
            }

            float largest = 0;
            foreach (float v in from)
            {
                largest = Math.Max(largest, Math.Abs(v));
            }

            double scale = (double)(Half)(largest / 127f);
            for (int i = 0; i < from.Length; i++)
            {
                to[i] = scale * Math.Clamp(Math.Round(from[i] / scale), -127, 127);
                Assert.InRange(Math.Abs(to[i] - from[i]), 0, (0.5 * scale) + (largest * 1e-3));
            }
        }
    }
}
