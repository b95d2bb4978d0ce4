namespace Lazuli.Numerics.Tests;

public sealed class RopeTests
{
    private const double TurnBound = 3 * Near.Roundoff * 4; // two products and a sum of values below 4

    [Fact]
    public void The_table_is_the_double_value_rounded_once()
    {
        using var bench = new KernelBench(2);
        DeviceBuffer table = bench.Unwritten(130 * 6);
        bench.Backend.RopeTable(130, 6, 10000, table);
        float[] found = bench.Get(table);
        for (int p = 0; p < 130; p++)
        {
            for (int j = 0; j < 3; j++)
            {
                double angle = p * Math.Pow(10000, -2.0 * j / 6);
                Assert.Equal((float)Math.Cos(angle), found[(p * 6) + j]);
                Assert.Equal((float)Math.Sin(angle), found[(p * 6) + 3 + j]);
            }
        }
    }

    [Theory]
    [InlineData(RopePairing.Halves)]
    [InlineData(RopePairing.Interleaved)]
    public void Turns_pairs_by_the_angle_of_the_rows_position_and_leaves_the_rest(RopePairing pairing)
    {
        foreach (int size in new[] { 2, 4, 6, 8, 14, 16, 18, 32, 34, 64, 128 })
        {
            const int rows = 19;
            int stride = (size * 4) + 3;
            using var bench = new KernelBench(2);
            float[] x = KernelBench.Normal(1, rows * stride);
            int[] positions = Enumerable.Range(0, rows).Select(r => r * 7 % 23).ToArray();
            DeviceBuffer table = bench.Unwritten(23 * size);
            bench.Backend.RopeTable(23, size, 10000, table);
            DeviceBuffer buffer = bench.Put(x);
            var shape = new RopeShape(rows, stride, size, pairing);
            bench.Backend.Rope(shape, buffer, bench.Put(positions), table, size + 1, 2);
            Near.Absolute(Reference(x, positions, shape, size + 1, 2), bench.Get(buffer), TurnBound, $"head size {size}");
            bench.Backend.Rope(shape, buffer, bench.Put(positions), table, size + 1, 2, inverse: true);
            Near.Absolute(Near.ToDouble(x), bench.Get(buffer), 2 * TurnBound, "turned back");
        }
    }

    [Fact]
    public void Refuses_positions_behind_the_table_odd_heads_and_columns_outside_the_row()
    {
        using var bench = new KernelBench();
        DeviceBuffer x = bench.Put(new float[16]);
        DeviceBuffer table = bench.Put(new float[8 * 4]);
        var shape = new RopeShape(2, 8, 4, RopePairing.Halves);
        Assert.Throws<ArgumentException>(() => bench.Backend.Rope(shape, x, bench.Put(0, 8), table, 0, 2));
        Assert.Throws<ArgumentException>(() => bench.Backend.Rope(shape, x, bench.Put(0, 1), table, 1, 2));
        Assert.Throws<ArgumentException>(() => bench.Backend.Rope(shape with { HeadSize = 3 }, x, bench.Put(0, 1), table, 0, 2));
    }

    [Fact]
    public void Steady_state_allocates_nothing()
    {
        using var bench = new KernelBench(2);
        DeviceBuffer x = bench.Put(new float[100 * 32]);
        DeviceBuffer table = bench.Put(new float[100 * 16]);
        DeviceBuffer positions = bench.Put(new int[100]);
        var shape = new RopeShape(100, 32, 16, RopePairing.Interleaved);
        Allocations.AreNone(() => bench.Backend.Rope(shape, x, positions, table, 0, 2));
    }

    private static double[] Reference(float[] x, int[] positions, RopeShape shape, int column, int heads)
    {
        double[] y = Near.ToDouble(x);
        int half = shape.HeadSize / 2;
        for (int r = 0; r < shape.Rows; r++)
        {
            for (int h = 0; h < heads; h++)
            {
                int head = (r * shape.RowStride) + column + (h * shape.HeadSize);
                for (int j = 0; j < half; j++)
                {
                    double angle = positions[r] * Math.Pow(10000, -2.0 * j / shape.HeadSize);
                    int a = shape.Pairing == RopePairing.Halves ? head + j : head + (2 * j);
                    int b = shape.Pairing == RopePairing.Halves ? a + half : a + 1;
                    y[a] = (x[a] * Math.Cos(angle)) - (x[b] * Math.Sin(angle));
                    y[b] = (x[b] * Math.Cos(angle)) + (x[a] * Math.Sin(angle));
                }
            }
        }

        return y;
    }
}
