using Lazuli.Testing;

namespace Lazuli.Numerics.Tests;

public sealed class LinearQuantizedTests
{
    public static TheoryData<WeightFormat, int, int, int> Shapes()
    {
        var data = new TheoryData<WeightFormat, int, int, int>();
        int[] rows = [1, 2, 3, 5, 18], outputs = [1, 7, 8, 19, 50];
        var random = new Random(3);
        foreach (WeightFormat format in StoredRows.All)
        {
            int block = WeightFormats.BlockLength(format);
            int[] inputs = block == 1 ? [1, 15, 16, 100, 531] : block == 32 ? [32, 96, 256, 288, 544] : [256, 512, 768];
            foreach (int r in rows)
            {
                foreach (int i in inputs)
                {
                    data.Add(format, r, i, outputs[random.Next(outputs.Length)]);
                }
            }
        }

        return data;
    }

    public static TheoryData<WeightFormat> Formats() => [.. StoredRows.All];

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Product_is_within_the_bound_of_dequantise_then_multiply(WeightFormat format, int rows, int inputs, int outputs)
    {
        using var bench = new OperatorBench(2);
        float[] x = bench.Normal(rows * inputs, 1);
        byte[] weights = StoredRows.Random(format, outputs, inputs, 2);
        DeviceBuffer y = bench.Put(new float[rows * outputs]);

        bench.Backend.LinearQuantized(rows, inputs, bench.Put(x), [new QuantizedWeight(format, outputs, bench.PutUnaligned(weights), default)], y);

        QuantizedReference.AssertProduct(format, rows, inputs, outputs, x, weights, bench.Get(y), 0, outputs);
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Largest_stored_integers_do_not_overflow(WeightFormat format)
    {
        const int Inputs = 512, Outputs = 17;
        foreach (int rows in new[] { 1, 4 })
        {
            using var bench = new OperatorBench(1);
            float[] x = [.. Enumerable.Range(0, rows * Inputs).Select(i => i / Inputs % 2 == 0 ? -3f : 3f)];
            byte[] weights = StoredRows.Random(format, Outputs, Inputs, 5, extreme: true);
            DeviceBuffer y = bench.Put(new float[rows * Outputs]);

            bench.Backend.LinearQuantized(rows, Inputs, bench.Put(x), [new QuantizedWeight(format, Outputs, bench.PutUnaligned(weights), default)], y);

            QuantizedReference.AssertProduct(format, rows, Inputs, Outputs, x, weights, bench.Get(y), 0, Outputs);
        }
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Bits_do_not_depend_on_threads_rows_or_neighbours(WeightFormat format)
    {
        const int Rows = 23, Inputs = 768, Outputs = 77;
        byte[] weights = StoredRows.Random(format, Outputs, Inputs, 7), other = StoredRows.Random(WeightFormat.Q8_0, 9, Inputs, 8);
        float[]? first = null;
        foreach (int threads in new[] { 1, 3 })
        {
            using var bench = new OperatorBench(threads);
            DeviceBuffer x = bench.Put(bench.Normal(Rows * Inputs, 1)), y = bench.Put(new float[Rows * Outputs]);
            var part = new QuantizedWeight(format, Outputs, bench.PutUnaligned(weights), bench.Put(bench.Normal(Outputs, 2)));
            bench.Backend.LinearQuantized(Rows, Inputs, x, [part], y);
            float[] whole = bench.Get(y);
            first ??= whole;
            Assert.Equal(first, whole);

            foreach (int rows in new[] { 1, 2, 3, 4, 5, 8, 13 })
            {
                for (int row = 0; row + rows <= Rows; row += 1 + (rows * 2))
                {
                    DeviceBuffer slice = bench.Put(new float[rows * Outputs]);
                    bench.Backend.LinearQuantized(rows, Inputs, x.Slice(row * Inputs, rows * Inputs), [part], slice);
                    Assert.Equal(whole.AsSpan(row * Outputs, rows * Outputs).ToArray(), bench.Get(slice));

                    DeviceBuffer beside = bench.Put(new float[rows * (Outputs + 9)]);
                    bench.Backend.LinearQuantized(rows, Inputs, x.Slice(row * Inputs, rows * Inputs), [new QuantizedWeight(WeightFormat.Q8_0, 9, bench.PutUnaligned(other), default), part], beside);
                    float[] found = bench.Get(beside);
                    for (int r = 0; r < rows; r++)
                    {
                        Assert.Equal(whole.AsSpan((row + r) * Outputs, Outputs).ToArray(), found.AsSpan((r * (Outputs + 9)) + 9, Outputs).ToArray());
                    }
                }
            }
        }
    }

    [Fact]
    public void Parts_of_all_formats_lie_side_by_side_with_their_biases_and_add_to_what_was_there()
    {
        const int Inputs = 512, Each = 11;
        foreach (int rows in new[] { 1, 6 })
        {
            using var bench = new OperatorBench(2);
            float[] x = bench.Normal(rows * Inputs, 1);
            int width = Each * StoredRows.All.Length;
            float[] old = bench.Normal(rows * width, 2), bias = bench.Normal(width, 3);
            byte[][] weights = [.. StoredRows.All.Select(f => StoredRows.Random(f, Each, Inputs, 4))];
            QuantizedWeight[] parts = [.. StoredRows.All.Select((f, i) => new QuantizedWeight(f, Each, bench.PutUnaligned(weights[i]), i == 0 ? default : bench.Put(bias.AsSpan(i * Each, Each).ToArray())))];
            DeviceBuffer plain = bench.Put(new float[rows * width]), y = bench.Put(old);

            bench.Backend.LinearQuantized(rows, Inputs, bench.Put(x), [.. parts.Select(p => p with { Bias = default })], plain);
            bench.Backend.LinearQuantized(rows, Inputs, bench.Put(x), parts, y, accumulate: true);

            float[] product = bench.Get(plain), sum = bench.Get(y);
            for (int i = 0; i < StoredRows.All.Length; i++)
            {
                QuantizedReference.AssertProduct(StoredRows.All[i], rows, Inputs, Each, x, weights[i], product, i * Each, width);
            }

            for (int i = 0; i < sum.Length; i++)
            {
                float expected = old[i] + product[i];
                Assert.Equal(i % width < Each ? expected : expected + bias[i % width], sum[i]);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Not_a_number_stays_in_its_row(WeightFormat format)
    {
        const int Rows = 6, Inputs = 512, Outputs = 9;
        foreach (float bad in new[] { float.NaN, float.PositiveInfinity })
        {
            using var bench = new OperatorBench(2);
            float[] x = bench.Normal(Rows * Inputs, 1);
            x[(2 * Inputs) + 77] = bad;
            DeviceBuffer input = bench.Put(x), y = bench.Put(new float[Rows * Outputs]), alone = bench.Put(new float[Outputs]);
            var part = new QuantizedWeight(format, Outputs, bench.PutUnaligned(StoredRows.Random(format, Outputs, Inputs, 2)), default);
            bench.Backend.LinearQuantized(Rows, Inputs, input, [part], y);
            bench.Backend.LinearQuantized(1, Inputs, input.Slice(2 * Inputs, Inputs), [part], alone);

            float[] found = bench.Get(y);
            for (int i = 0; i < found.Length; i++)
            {
                Assert.Equal(i / Outputs != 2, float.IsFinite(found[i]));
            }

            Assert.All(bench.Get(alone), v => Assert.False(float.IsFinite(v)));
        }
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Rows_of_zeros_and_of_the_smallest_numbers_give_zero_or_next_to_it(WeightFormat format)
    {
        const int Inputs = 256, Outputs = 9;
        using var bench = new OperatorBench(1);
        DeviceBuffer zero = bench.Put(new float[Inputs]), tiny = bench.Put([.. Enumerable.Repeat(1e-38f, Inputs)]), y = bench.Put(new float[Outputs]);
        var part = new QuantizedWeight(format, Outputs, bench.PutUnaligned(StoredRows.Random(format, Outputs, Inputs, 2)), default);

        bench.Backend.LinearQuantized(1, Inputs, zero, [part], y);
        Assert.All(bench.Get(y), v => Assert.Equal(0f, v));

        bench.Backend.LinearQuantized(1, Inputs, tiny, [part], y);
        Assert.All(bench.Get(y), v => Assert.InRange(Math.Abs(v), 0, 1e-34f));
    }

    [Theory]
    [InlineData(WeightFormat.F16)]
    [InlineData(WeightFormat.BF16)]
    [InlineData(WeightFormat.Q8_0)]
    [InlineData(WeightFormat.Q4_0)]
    public void More_rows_than_a_block_of_rows_are_multiplied_alike(WeightFormat format)
    {
        const int Rows = 515, Inputs = 288, Outputs = 14;
        using var bench = new OperatorBench(2);
        DeviceBuffer x = bench.Put(bench.Normal(Rows * Inputs, 1)), y = bench.Put(new float[Rows * Outputs]), one = bench.Put(new float[Outputs]);
        var part = new QuantizedWeight(format, Outputs, bench.PutUnaligned(StoredRows.Random(format, Outputs, Inputs, 2)), default);

        bench.Backend.LinearQuantized(Rows, Inputs, x, [part], y);

        float[] whole = bench.Get(y);
        for (int row = 0; row < Rows; row += 6)
        {
            bench.Backend.LinearQuantized(1, Inputs, x.Slice(row * Inputs, Inputs), [part], one);
            Assert.Equal(bench.Get(one), whole.AsSpan(row * Outputs, Outputs).ToArray());
        }
    }

    [Fact]
    public void Wrong_shapes_are_refused_by_name()
    {
        using var bench = new OperatorBench(1);
        DeviceBuffer x = bench.Put(new float[64]), y = bench.Put(new float[3]), rows = bench.PutUnaligned(new byte[3 * 68]);
        var part = new QuantizedWeight(WeightFormat.Q8_0, 3, rows, default);
        CpuBackend backend = bench.Backend;

        Assert.Contains("whole blocks of 256", Assert.Throws<ArgumentException>(() => backend.LinearQuantized(1, 64, x, [part with { Format = WeightFormat.Q4_K }], y)).Message, StringComparison.Ordinal);
        Assert.Contains("Byte[108]", Assert.Throws<ArgumentException>(() => backend.LinearQuantized(1, 64, x, [part with { Format = WeightFormat.Q4_0 }], y)).Message, StringComparison.Ordinal);
        Assert.Contains("Float32[6]", Assert.Throws<ArgumentException>(() => backend.LinearQuantized(1, 64, x, [part, part], y)).Message, StringComparison.Ordinal);
        Assert.Contains("1 to 16", Assert.Throws<ArgumentException>(() => backend.LinearQuantized(1, 64, x, [], y)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => backend.LinearQuantized(2, 64, x, [part], y));
        Assert.Throws<ArgumentException>(() => backend.LinearQuantized(1, 64, x, [part with { Bias = x }], y));
    }

    [Fact]
    public void Products_and_gathers_allocate_nothing_once_warm()
    {
        using var bench = new OperatorBench(2);
        DeviceBuffer x = bench.Put(bench.Normal(8 * 512, 1)), y = bench.Put(new float[8 * 32]), ids = bench.Put([1, 0]), wide = bench.Put(new float[2 * 512]);
        QuantizedWeight[] parts = [.. new[] { WeightFormat.F16, WeightFormat.Q8_0, WeightFormat.Q4_K, WeightFormat.Q4_0 }.Select(f => new QuantizedWeight(f, 8, bench.PutUnaligned(StoredRows.Random(f, 8, 512, 1)), default))];
        Step();

        ThreadAllocations counted = ThreadAllocations.Start();
        Step();
        Assert.Equal(0, counted.Bytes);

        void Step()
        {
            bench.Backend.LinearQuantized(1, 512, x.Slice(0, 512), parts, y.Slice(0, 32));
            bench.Backend.LinearQuantized(8, 512, x, parts, y);
            bench.Backend.EmbeddingGatherQuantized(WeightFormat.Q4_K, 512, ids, parts[2].Rows, wide);
        }
    }
}
