namespace Lazuli.Numerics.Tests;

public sealed class CausalAttentionTests
{
    // A score is a chain of D roundings on terms whose absolute sum is below 10 here, so weights err by at most D·u·10 relatively;
    // outputs add a chain over T keys. For D ≤ 128, T ≤ 200: (128·10 + 200)·2⁻²⁴ < 9e-5; random rounding leaves far less.
    private const double OutputBound = 2e-5;
    private const double GradientBound = 5e-5; // relative to the largest gradient

    public static TheoryData<int, int, int, int, int> Shapes => new()
    {
        // B, T, H, G, D
        { 1, 1, 1, 1, 1 },
        { 1, 2, 1, 1, 3 },
        { 2, 5, 2, 1, 4 },
        { 1, 7, 3, 3, 8 },
        { 1, 16, 2, 2, 15 },
        { 2, 17, 4, 2, 16 },
        { 1, 47, 1, 1, 17 },
        { 1, 48, 2, 1, 32 },
        { 1, 49, 2, 2, 33 },
        { 1, 97, 4, 1, 64 },
        { 1, 129, 1, 1, 128 },
        { 3, 65, 2, 2, 64 },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Agrees_with_double_precision_forward_and_backward(int batch, int time, int heads, int keyValueHeads, int headSize)
    {
        var shape = new AttentionShape(batch, time, heads, keyValueHeads, headSize);
        using var bench = new KernelBench();
        float[] qkv = KernelBench.Normal(1, batch * time * shape.RowStride);
        float[] dy = KernelBench.Normal(2, batch * time * heads * headSize);
        (float[] y, float[] logs, float[] dQkv) = Run(bench, shape, qkv, dy);
        (double[] expectedY, double[] expectedLogs) = AttentionReference.Causal(shape, Near.ToDouble(qkv));
        Near.Absolute(expectedY, y, OutputBound, "y");
        Near.Absolute(expectedLogs, logs, OutputBound, "logSumExp");
        Near.RelativeToLargest(AttentionReference.CausalBackward(shape, Near.ToDouble(qkv), Near.ToDouble(dy)), dQkv, GradientBound, "dQkv");
    }

    [Fact]
    public void The_reference_gradient_agrees_with_central_differences()
    {
        var shape = new AttentionShape(1, 5, 2, 1, 3);
        double[] qkv = Near.ToDouble(KernelBench.Normal(3, 5 * shape.RowStride));
        double[] dy = Near.ToDouble(KernelBench.Normal(4, 5 * 2 * 3));
        double[] gradient = AttentionReference.CausalBackward(shape, qkv, dy);
        for (int i = 0; i < qkv.Length; i++)
        {
            const double step = 1e-5;
            double saved = qkv[i];
            qkv[i] = saved + step;
            double above = Loss(shape, qkv, dy);
            qkv[i] = saved - step;
            double below = Loss(shape, qkv, dy);
            qkv[i] = saved;
            Assert.Equal((above - below) / (2 * step), gradient[i], 8);
        }
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void Bits_do_not_depend_on_threads(int threads)
    {
        var shape = new AttentionShape(1, 100, 4, 2, 32);
        float[] qkv = KernelBench.Normal(5, 100 * shape.RowStride);
        float[] dy = KernelBench.Normal(6, 100 * 4 * 32);
        using var one = new KernelBench(1);
        using var several = new KernelBench(threads);
        (float[] y1, float[] l1, float[] d1) = Run(one, shape, qkv, dy);
        (float[] y2, float[] l2, float[] d2) = Run(several, shape, qkv, dy);
        Near.Bits(y1, y2, "y");
        Near.Bits(l1, l2, "logSumExp");
        Near.Bits(d1, d2, "dQkv");
    }

    [Fact]
    public void A_sequence_does_not_depend_on_its_neighbours_in_the_batch()
    {
        var three = new AttentionShape(3, 50, 2, 2, 16);
        AttentionShape alone = three with { Batch = 1 };
        float[] qkv = KernelBench.Normal(7, 3 * 50 * three.RowStride);
        float[] dy = KernelBench.Normal(8, 3 * 50 * 32);
        using var bench = new KernelBench();
        (float[] y, _, float[] d) = Run(bench, three, qkv, dy);
        (float[] y1, _, float[] d1) = Run(bench, alone, qkv[(50 * three.RowStride)..(100 * three.RowStride)], dy[(50 * 32)..(100 * 32)]);
        Near.Bits(y1, y.AsSpan(50 * 32, 50 * 32), "y");
        Near.Bits(d1, d.AsSpan(50 * three.RowStride, 50 * three.RowStride), "dQkv");
    }

    [Fact]
    public void Large_scores_do_not_overflow()
    {
        var shape = new AttentionShape(1, 60, 1, 1, 16);
        using var bench = new KernelBench();
        float[] qkv = KernelBench.Normal(9, 60 * shape.RowStride, 60f);
        (float[] y, float[] logs, float[] dQkv) = Run(bench, shape, qkv, KernelBench.Normal(10, 60 * 16));
        Assert.All(y, v => Assert.True(float.IsFinite(v)));
        Assert.All(logs, v => Assert.True(float.IsFinite(v)));
        Assert.All(dQkv, v => Assert.True(float.IsFinite(v)));
        Near.Absolute(AttentionReference.Causal(shape, Near.ToDouble(qkv)).Y, y, 0.2, "y"); // scores of some 10⁴ carry errors of 10⁻³
    }

    [Fact]
    public void NaN_in_a_key_reaches_the_queries_that_see_it_and_no_earlier_one()
    {
        var shape = new AttentionShape(1, 20, 1, 1, 8);
        using var bench = new KernelBench();
        float[] qkv = KernelBench.Normal(11, 20 * shape.RowStride);
        qkv[(10 * shape.RowStride) + 8] = float.NaN;
        (float[] y, _, _) = Run(bench, shape, qkv, KernelBench.Normal(12, 20 * 8));
        for (int t = 0; t < 20; t++)
        {
            Assert.Equal(t >= 10, float.IsNaN(y[t * 8]));
        }
    }

    [Theory]
    [InlineData(1, 1, 8)]
    [InlineData(2, 1, 64)]
    public void Documents_that_share_a_sequence_are_as_if_each_stood_alone(int heads, int groups, int size)
    {
        int[] lengths = [3, 1, 45, 48, 60, 13]; // borders inside tiles, on them, and documents longer than a tile
        int time = lengths.Sum();
        var shape = new AttentionShape(1, time, heads, groups, size);
        using var bench = new KernelBench(2);
        float[] qkv = KernelBench.Normal(21, time * shape.RowStride);
        float[] dy = KernelBench.Normal(22, time * heads * size);
        int[] first = [.. lengths.SelectMany((length, i) => Enumerable.Repeat(lengths.Take(i).Sum(), length))];
        (float[] y, float[] logs, float[] dQkv) = Run(bench, shape, qkv, dy, first);
        int at = 0;
        foreach (int length in lengths)
        {
            var alone = new AttentionShape(1, length, heads, groups, size);
            (float[] yAlone, float[] logsAlone, float[] dQkvAlone) = Run(bench, alone, qkv[(at * shape.RowStride)..((at + length) * shape.RowStride)], dy[(at * heads * size)..((at + length) * heads * size)]);
            Near.Absolute(Near.ToDouble(yAlone), y.AsSpan(at * heads * size, length * heads * size), 2e-5, "y");
            Near.Absolute(Near.ToDouble(dQkvAlone), dQkv.AsSpan(at * shape.RowStride, length * shape.RowStride), 1e-4, "dQkv");
            for (int h = 0; h < heads; h++)
            {
                Near.Absolute(Near.ToDouble(logsAlone[(h * length)..((h + 1) * length)]), logs.AsSpan((h * time) + at, length), 2e-5, "logSumExp");
            }

            at += length;
        }
    }

    [Fact]
    public void Refuses_a_first_key_behind_its_query()
    {
        var shape = new AttentionShape(1, 3, 1, 1, 4);
        using var bench = new KernelBench();
        Assert.Throws<ArgumentException>(() => Run(bench, shape, new float[3 * shape.RowStride], new float[12], [0, 2, 0]));
    }

    [Fact]
    public void Steady_state_allocates_nothing()
    {
        var shape = new AttentionShape(1, 60, 2, 1, 16);
        using var bench = new KernelBench(2);
        DeviceBuffer qkv = bench.Put(KernelBench.Normal(13, 60 * shape.RowStride));
        DeviceBuffer dy = bench.Put(KernelBench.Normal(14, 60 * 32));
        DeviceBuffer y = bench.Unwritten(60 * 32);
        DeviceBuffer logs = bench.Unwritten(120);
        DeviceBuffer dQkv = bench.Unwritten(qkv.Length);
        Allocations.AreNone(() =>
        {
            bench.Backend.CausalAttention(shape, qkv, y, logs);
            bench.Backend.CausalAttentionBackward(shape, qkv, y, logs, dy, dQkv);
        });
    }

    [Fact]
    public void Refuses_heads_that_do_not_divide_and_wrong_lengths()
    {
        using var bench = new KernelBench();
        DeviceBuffer small = bench.Put(new float[16]);
        Assert.Throws<ArgumentException>(() => bench.Backend.CausalAttention(new AttentionShape(1, 1, 3, 2, 4), small, small, small));
        ArgumentException wrong = Assert.Throws<ArgumentException>(() => bench.Backend.CausalAttention(new AttentionShape(1, 2, 1, 1, 4), small, small, small));
        Assert.Contains("qkv wants Float32[24]; got Float32[16]", wrong.Message, StringComparison.Ordinal);
    }

    private static double Loss(AttentionShape shape, double[] qkv, double[] dy) => AttentionReference.Causal(shape, qkv).Y.Zip(dy, (a, b) => a * b).Sum();

    private static (float[] Y, float[] LogSumExp, float[] DQkv) Run(KernelBench bench, AttentionShape shape, float[] qkv, float[] dy, int[]? firstKeys = null)
    {
        DeviceBuffer first = firstKeys is null ? default : bench.Put(firstKeys);
        DeviceBuffer input = bench.Put(qkv);
        DeviceBuffer y = bench.Unwritten(dy.Length);
        DeviceBuffer logs = bench.Unwritten(shape.Batch * shape.Heads * shape.Time);
        DeviceBuffer dQkv = bench.Unwritten(qkv.Length);
        bench.Backend.CausalAttention(shape, input, y, logs, first);
        bench.Backend.CausalAttentionBackward(shape, input, y, logs, bench.Put(dy), dQkv, first);
        return (bench.Get(y), bench.Get(logs), bench.Get(dQkv));
    }
}
