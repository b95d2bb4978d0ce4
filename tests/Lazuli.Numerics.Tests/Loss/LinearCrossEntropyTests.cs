namespace Lazuli.Numerics.Tests;

public sealed class LinearCrossEntropyTests
{
    // Logits carry the product's rounding; losses and gradients inherit it times small factors.
    private const double Tolerance = 3e-6;

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(1, 7, 3)]
    [InlineData(5, 33, 95)]
    [InlineData(16, 8, 96)]
    [InlineData(17, 24, 97)]
    [InlineData(100, 48, 401)]
    [InlineData(37, 400, 1031)]
    [InlineData(600, 16, 300)]
    public void Losses_and_gradients_match_double_precision(int rows, int channels, int vocabulary)
    {
        using var bench = new OperatorBench(2);
        var shape = new LinearShape(rows, channels, vocabulary);
        float[] x = bench.Normal((long)rows * channels, 1), w = bench.Normal((long)vocabulary * channels, 2), old = bench.Normal((long)vocabulary * channels, 3);
        int[] targets = Targets(rows, vocabulary);
        DeviceBuffer losses = bench.Put(new float[rows]), dx = bench.Put(new float[rows * channels]), dw = bench.Put(old);

        bench.Backend.LinearCrossEntropy(shape, bench.Put(x), bench.Put(w), bench.Put(targets), losses, 0.25f, dx, dw);

        var reference = CrossEntropyReference.Compute(shape, x, w, targets, 0.25);
        AssertClose(reference.Losses, bench.Get(losses), channels);
        AssertClose(reference.InputGradient, bench.Get(dx), channels);
        double[] expected = reference.WeightGradient.Zip(old, (g, o) => g + o).ToArray();
        AssertClose(expected, bench.Get(dw), rows + channels);
    }

    [Fact]
    public void Losses_alone_are_the_same_bits_as_with_gradients()
    {
        using var bench = new OperatorBench(2);
        var shape = new LinearShape(70, 40, 500);
        DeviceBuffer x = bench.Put(bench.Normal(70 * 40, 1)), w = bench.Put(bench.Normal(500 * 40, 2)), t = bench.Put(Targets(70, 500));
        DeviceBuffer alone = bench.Put(new float[70]), both = bench.Put(new float[70]);

        bench.Backend.LinearCrossEntropy(shape, x, w, t, alone, 1f, default, default);
        bench.Backend.LinearCrossEntropy(shape, x, w, t, both, 1f, bench.Put(new float[70 * 40]), bench.Put(new float[500 * 40]));

        Assert.Equal(bench.Get(both), bench.Get(alone));
    }

    [Fact]
    public void Extreme_logits_neither_overflow_nor_lose_the_loss()
    {
        using var bench = new OperatorBench(1);
        float[] w = new float[200];
        w[3] = 1e4f;
        w[150] = -1e4f;
        w[151] = 1e4f;
        DeviceBuffer losses = bench.Put(new float[3]), dx = bench.Put(new float[3]), dw = bench.Put(new float[200]);

        bench.Backend.LinearCrossEntropy(new LinearShape(3, 1, 200), bench.Put([1f, 1f, -1f]), bench.Put(w), bench.Put([3, 150, 150]), losses, 1f, dx, dw);

        float[] found = bench.Get(losses);
        Assert.Equal(Math.Log(2), found[0], 6);
        Assert.Equal(20000 + Math.Log(2), found[1], 2);
        Assert.Equal(0, found[2], 6);
        Assert.All(bench.Get(dx).Concat(bench.Get(dw)), v => Assert.True(float.IsFinite(v)));
        Assert.Equal(20000f, bench.Get(dx)[1]);
    }

    [Fact]
    public void Ignored_rows_have_no_loss_and_no_gradient()
    {
        using var bench = new OperatorBench(1);
        DeviceBuffer losses = bench.Put([9f, 9f]), dx = bench.Put([9f, 9f, 9f, 9f]), dw = bench.Put(new float[20]);

        bench.Backend.LinearCrossEntropy(new LinearShape(2, 2, 10), bench.Put(bench.Normal(4, 1)), bench.Put(bench.Normal(20, 2)), bench.Put([-1, -1]), losses, 1f, dx, dw);

        Assert.All(bench.Get(losses).Concat(bench.Get(dx)).Concat(bench.Get(dw)), v => Assert.Equal(0f, v));
    }

    [Fact]
    public void Bits_do_not_depend_on_threads_and_a_rows_result_not_on_other_rows()
    {
        const int Rows = 600, Channels = 40, Vocabulary = 700;
        float[]? firstLosses = null, firstDx = null, firstDw = null;
        foreach (int threads in new[] { 1, 2, 3 })
        {
            using var bench = new OperatorBench(threads);
            DeviceBuffer x = bench.Put(bench.Normal(Rows * Channels, 1)), w = bench.Put(bench.Normal(Vocabulary * Channels, 2)), t = bench.Put(Targets(Rows, Vocabulary));
            DeviceBuffer losses = bench.Put(new float[Rows]), dx = bench.Put(new float[Rows * Channels]), dw = bench.Put(new float[Vocabulary * Channels]);
            bench.Backend.LinearCrossEntropy(new LinearShape(Rows, Channels, Vocabulary), x, w, t, losses, 0.5f, dx, dw);
            Assert.Equal(firstLosses ??= bench.Get(losses), bench.Get(losses));
            Assert.Equal(firstDx ??= bench.Get(dx), bench.Get(dx));
            Assert.Equal(firstDw ??= bench.Get(dw), bench.Get(dw));

            DeviceBuffer oneLoss = bench.Put(new float[1]), oneDx = bench.Put(new float[Channels]);
            bench.Backend.LinearCrossEntropy(new LinearShape(1, Channels, Vocabulary), x.Slice(77 * Channels, Channels), w, t.Slice(77, 1), oneLoss, 0.5f, oneDx, dw);
            Assert.Equal(firstLosses[77], bench.Get(oneLoss)[0]);
            Assert.Equal(firstDx.AsSpan(77 * Channels, Channels).ToArray(), bench.Get(oneDx));
        }
    }

    [Fact]
    public void The_double_reference_agrees_with_central_differences()
    {
        var shape = new LinearShape(3, 4, 6);
        using var bench = new OperatorBench(1);
        double[] x = bench.Normal(12, 1).Select(v => (double)v).ToArray(), w = bench.Normal(24, 2).Select(v => (double)v).ToArray();
        int[] targets = [1, -1, 5];
        var reference = CrossEntropyReference.Compute(shape, x, w, targets, 0.7);
        const double Step = 1e-5;
        for (int i = 0; i < x.Length; i++)
        {
            Assert.Equal(Slope(x, i), reference.InputGradient[i], 8);
        }

        for (int i = 0; i < w.Length; i++)
        {
            Assert.Equal(Slope(w, i), reference.WeightGradient[i], 8);
        }

        double Slope(double[] values, int index)
        {
            double at = values[index];
            values[index] = at + Step;
            double up = CrossEntropyReference.Compute(shape, x, w, targets, 0.7).Losses.Sum();
            values[index] = at - Step;
            double down = CrossEntropyReference.Compute(shape, x, w, targets, 0.7).Losses.Sum();
            values[index] = at;
            return 0.7 * (up - down) / (2 * Step);
        }
    }

    [Fact]
    public void A_target_outside_the_vocabulary_is_refused_with_its_row()
    {
        using var bench = new OperatorBench(1);
        DeviceBuffer losses = bench.Put(new float[2]);

        var error = Assert.Throws<ArgumentException>(() => bench.Backend.LinearCrossEntropy(
            new LinearShape(2, 1, 3), bench.Put(new float[2]), bench.Put(new float[3]), bench.Put([0, 3]), losses, 1f, default, default));

        Assert.Contains("target 3 of row 1", error.Message, StringComparison.Ordinal);
    }

    private static int[] Targets(int rows, int vocabulary)
    {
        var random = new Random(11);
        return Enumerable.Range(0, rows).Select(r => r % 7 == 6 ? -1 : random.Next(vocabulary)).ToArray();
    }

    private static void AssertClose(double[] expected, float[] actual, int terms)
    {
        double scale = Math.Max(1, expected.Max(Math.Abs));
        double bound = Tolerance * Math.Sqrt(terms) * scale;
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.InRange(Math.Abs(expected[i] - actual[i]), 0, bound);
        }
    }
}
