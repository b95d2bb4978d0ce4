namespace Lazuli.Numerics.Tests;

public sealed class GemmTests
{
    private static readonly int[] Edges = [1, 2, 3, 5, 6, 7, 15, 16, 17, 31, 47, 48, 49, 97];
    private static readonly int[] Depths = [1, 2, 7, 8, 17, 385, 768, 769, 1601];

    public static TheoryData<MatMulKind, int, int, int> Shapes()
    {
        var data = new TheoryData<MatMulKind, int, int, int>();
        var random = new Random(7);
        foreach (MatMulKind kind in Enum.GetValues<MatMulKind>())
        {
            foreach (int k in Depths)
            {
                for (int i = 0; i < 6; i++)
                {
                    data.Add(kind, Edges[random.Next(Edges.Length)], Edges[random.Next(Edges.Length)], k);
                }
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void MatMul_is_within_the_rounding_bound_of_a_double_product(MatMulKind kind, int m, int n, int k)
    {
        using var bench = new OperatorBench(2);
        float[] a = bench.Normal((long)m * k, 1);
        float[] b = bench.Normal((long)n * k, 2);
        float[] c = bench.Normal((long)m * n, 3);
        DeviceBuffer result = bench.Put(c);

        bench.Backend.MatMul(kind, m, n, k, 0.5f, bench.Put(a), bench.Put(b), -2f, result);

        GemmReference.AssertProduct(kind, m, n, k, 0.5, a, b, -2, c, bench.Get(result));
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Linear_and_its_backward_passes_match_a_double_product(MatMulKind kind, int m, int n, int k)
    {
        using var bench = new OperatorBench(3);
        float[] a = bench.Normal((long)m * k, 4);
        float[] b = bench.Normal((long)n * k, 5);
        float[] c = bench.Normal((long)m * n, 6);
        DeviceBuffer result = bench.Put(c);
        switch (kind)
        {
            case MatMulKind.NT:
                bench.Backend.Linear(new LinearShape(m, k, n), bench.Put(a), bench.Put(b), default, result, accumulate: true);
                break;
            case MatMulKind.NN:
                bench.Backend.LinearBackwardInput(new LinearShape(m, n, k), bench.Put(a), bench.Put(b), result, accumulate: true);
                break;
            default:
                bench.Backend.LinearBackwardWeight(new LinearShape(k, n, m), bench.Put(a), bench.Put(b), result, default);
                break;
        }

        GemmReference.AssertProduct(kind, m, n, k, 1, a, b, 1, c, bench.Get(result));
    }

    [Fact]
    public void Bias_is_added_and_its_gradient_sums_rows()
    {
        using var bench = new OperatorBench(2);
        const int Rows = 130, In = 33, Out = 71;
        float[] x = bench.Normal(Rows * In, 1), w = bench.Normal(Out * In, 2), bias = bench.Normal(Out, 3), dy = bench.Normal(Rows * Out, 4);
        DeviceBuffer y = bench.Put(new float[Rows * Out]), plain = bench.Put(new float[Rows * Out]), dBias = bench.Put(bias), dw = bench.Put(new float[Out * In]);
        var shape = new LinearShape(Rows, In, Out);

        bench.Backend.Linear(shape, bench.Put(x), bench.Put(w), bench.Put(bias), y);
        bench.Backend.Linear(shape, bench.Put(x), bench.Put(w), default, plain);
        bench.Backend.LinearBackwardWeight(shape, bench.Put(dy), bench.Put(x), dw, dBias);

        float[] withBias = bench.Get(y), without = bench.Get(plain), sums = bench.Get(dBias);
        for (int i = 0; i < withBias.Length; i++)
        {
            Assert.Equal(without[i] + bias[i % Out], withBias[i]);
        }

        for (int o = 0; o < Out; o++)
        {
            double sum = bias[o], size = Math.Abs(bias[o]);
            for (int r = 0; r < Rows; r++)
            {
                sum += dy[(r * Out) + o];
                size += Math.Abs(dy[(r * Out) + o]);
            }

            Assert.InRange(Math.Abs(sums[o] - sum), 0, GemmReference.SumBound(Rows) * size);
        }
    }

    [Fact]
    public void Bits_do_not_depend_on_threads_rows_or_packing()
    {
        const int Rows = 101, In = 801, Out = 203;
        var shape = new LinearShape(Rows, In, Out);
        float[]? first = null;
        foreach (int threads in new[] { 1, 2, 3 })
        {
            using var bench = new OperatorBench(threads);
            DeviceBuffer x = bench.Put(bench.Normal(Rows * In, 1)), w = bench.Put(bench.Normal(Out * In, 2)), bias = bench.Put(bench.Normal(Out, 3));
            DeviceBuffer y = bench.Put(new float[Rows * Out]), packed = bench.Put(new float[bench.Backend.PackedWeightLength(shape)]);
            bench.Backend.Linear(shape, x, w, bias, y);
            float[] whole = bench.Get(y);
            first ??= whole;
            Assert.Equal(first, whole);

            bench.Backend.PackWeight(shape, w, packed);
            foreach (int rows in new[] { 1, 2, 3, 4, 5, 6, 7, 16, 50 })
            {
                for (int row = 0; row + rows <= Rows; row += rows * 4)
                {
                    DeviceBuffer part = bench.Put(new float[rows * Out]);
                    bench.Backend.LinearPacked(shape with { Rows = rows }, x.Slice(row * In, rows * In), packed, bias, part);
                    Assert.Equal(whole.AsSpan(row * Out, rows * Out).ToArray(), bench.Get(part));
                }
            }
        }
    }

    [Fact]
    public void Wrong_shapes_are_refused_by_name()
    {
        using var bench = new OperatorBench(1);
        var shape = new LinearShape(2, 3, 4);
        DeviceBuffer x = bench.Put(new float[6]), w = bench.Put(new float[12]), y = bench.Put(new float[8]);

        var error = Assert.Throws<ArgumentException>(() => bench.Backend.Linear(shape, y, w, default, x));

        Assert.Equal("x", error.ParamName);
        Assert.Contains("Float32[6]", error.Message, StringComparison.Ordinal);
    }
}
