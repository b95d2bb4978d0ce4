namespace Lazuli.Numerics.Tests;

public sealed class ActivationTests
{
    // A sigmoid errs by the exponential's bound plus two roundings, its argument's rounding error is magnified by at most |2u| where σ is not yet flat;
    // products add three roundings. On |x| ≤ 6 this stays under 16·2⁻²⁴ of the largest value.
    private const double Bound = 16 * Near.Roundoff;

    [Fact]
    public void Gelu_and_its_slope_agree_with_double_precision()
    {
        using var bench = new KernelBench(2);
        foreach (int length in Sweep.Lengths)
        {
            float[] x = KernelBench.Normal(1, length, 3f);
            float[] dy = KernelBench.Normal(2, length);
            DeviceBuffer y = bench.Unwritten(length);
            DeviceBuffer dx = bench.Unwritten(length);
            bench.Backend.Gelu(bench.Put(x), y);
            bench.Backend.GeluBackward(bench.Put(x), bench.Put(dy), dx);
            Near.Absolute(x.Select(v => Gelu(v)).ToArray(), bench.Get(y), 6 * Bound, "y");
            Near.Absolute(x.Zip(dy, (v, g) => g * Slope(Gelu, v)).ToArray(), bench.Get(dx), (8 * Bound) + 1e-9, "dx");
        }
    }

    [Fact]
    public void Gelu_of_extremes_is_the_line_or_zero()
    {
        using var bench = new KernelBench();
        float[] x = [-1e30f, -100f, -12f, 0f, 12f, 100f, 1e30f, float.NaN];
        DeviceBuffer y = bench.Unwritten(8);
        DeviceBuffer dx = bench.Unwritten(8);
        bench.Backend.Gelu(bench.Put(x), y);
        bench.Backend.GeluBackward(bench.Put(x), bench.Put(Enumerable.Repeat(1f, 8).ToArray()), dx);
        Near.Absolute([0, 0, 0, 0, 12, 100, 1e30f, double.NaN], bench.Get(y), 1e-20, "y");
        Near.Absolute([0, 0, 0, 0.5, 1, 1, 1, double.NaN], bench.Get(dx), 1e-20, "dx");
    }

    [Fact]
    public void Gelu_may_work_in_place_both_ways()
    {
        using var bench = new KernelBench(3);
        float[] x = KernelBench.Normal(3, 20_003, 3f);
        float[] dy = KernelBench.Normal(4, 20_003);
        DeviceBuffer y = bench.Unwritten(x.Length);
        DeviceBuffer dx = bench.Unwritten(x.Length);
        bench.Backend.Gelu(bench.Put(x), y);
        bench.Backend.GeluBackward(bench.Put(x), bench.Put(dy), dx);
        DeviceBuffer same = bench.Put(x);
        bench.Backend.Gelu(same, same);
        Near.Bits(bench.Get(y), bench.Get(same), "forward");
        DeviceBuffer overX = bench.Put(x);
        bench.Backend.GeluBackward(overX, bench.Put(dy), overX);
        Near.Bits(bench.Get(dx), bench.Get(overX), "over x");
        DeviceBuffer overDy = bench.Put(dy);
        bench.Backend.GeluBackward(bench.Put(x), overDy, overDy);
        Near.Bits(bench.Get(dx), bench.Get(overDy), "over dy");
    }

    [Fact]
    public void SwiGlu_and_its_gradient_agree_with_double_precision()
    {
        using var bench = new KernelBench(2);
        foreach (int width in Sweep.Lengths)
        {
            const int rows = 3;
            float[] gateUp = KernelBench.Normal(5, rows * 2 * width, 3f);
            float[] dy = KernelBench.Normal(6, rows * width);
            DeviceBuffer y = bench.Unwritten(rows * width);
            DeviceBuffer input = bench.Put(gateUp);
            bench.Backend.SwiGlu(width, input, y);
            DeviceBuffer apart = bench.Unwritten(gateUp.Length);
            bench.Backend.SwiGluBackward(width, input, bench.Put(dy), apart);
            var expected = new double[rows * width];
            var gradient = new double[gateUp.Length];
            for (int r = 0; r < rows; r++)
            {
                for (int f = 0; f < width; f++)
                {
                    double gate = gateUp[(r * 2 * width) + f];
                    double up = gateUp[(r * 2 * width) + width + f];
                    double pull = dy[(r * width) + f];
                    expected[(r * width) + f] = Silu(gate) * up;
                    gradient[(r * 2 * width) + f] = pull * up * Slope(Silu, gate);
                    gradient[(r * 2 * width) + width + f] = pull * Silu(gate);
                }
            }

            Near.Absolute(expected, bench.Get(y), 36 * Bound, "y"); // |gate|, |up| ≤ 6
            Near.Absolute(gradient, bench.Get(apart), (24 * Bound) + 1e-9, "dGateUp");
            float[] found = bench.Get(apart);
            bench.Backend.SwiGluBackward(width, input, bench.Put(dy), input);
            Near.Bits(found, bench.Get(input), "in place");
        }
    }

    [Fact]
    public void An_elements_bits_depend_on_neither_threads_nor_its_place()
    {
        float[] x = KernelBench.Normal(7, 20_000, 3f);
        using var one = new KernelBench(1);
        using var three = new KernelBench(3);
        DeviceBuffer whole = one.Unwritten(x.Length);
        one.Backend.Gelu(one.Put(x), whole);
        DeviceBuffer spread = three.Unwritten(x.Length);
        three.Backend.Gelu(three.Put(x), spread);
        float[] y = one.Get(whole);
        Near.Bits(y, three.Get(spread), "threads");
        DeviceBuffer part = one.Unwritten(13);
        one.Backend.Gelu(one.Put(x[101..114]), part);
        Near.Bits(y.AsSpan(101, 13), one.Get(part), "another place in the vector");
    }

    [Fact]
    public void Steady_state_allocates_nothing()
    {
        using var bench = new KernelBench(2);
        DeviceBuffer x = bench.Put(new float[20_000]);
        DeviceBuffer y = bench.Put(new float[20_000]);
        DeviceBuffer half = bench.Put(new float[10_000]);
        Allocations.AreNone(() =>
        {
            bench.Backend.Gelu(x, y);
            bench.Backend.GeluBackward(x, y, y);
            bench.Backend.SwiGlu(100, x, half);
            bench.Backend.SwiGluBackward(100, x, half, y);
        });
    }

    private static double Gelu(double x) => 0.5 * x * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + (0.044715 * x * x * x))));

    private static double Silu(double x) => x / (1 + Math.Exp(-x));

    /// <summary>Central difference: error below 1e-10 on these functions.</summary>
    private static double Slope(Func<double, double> f, double x) => (f(x + 1e-5) - f(x - 1e-5)) / 2e-5;
}
