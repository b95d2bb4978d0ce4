namespace Lazuli.Numerics.Tests;

public sealed class NormalizationTests
{
    private const float Epsilon = 1e-5f;

    // Sums run in sixteen lanes: C/16 + 6 roundings, halved by the root, and six more in the products. For C ≤ 1000: 40·2⁻²⁴ = 2.4e-6; random rounding leaves less.
    private const double OutputBound = 2.4e-6;

    // Backward adds one sum over C and, for the gain, one over rows; relative to the largest gradient.
    private const double GradientBound = 5e-6;

    [Fact]
    public void Rms_norm_agrees_with_double_precision()
    {
        using var bench = new KernelBench(2);
        foreach (int channels in Sweep.Lengths)
        {
            foreach (int rows in Sweep.Rows)
            {
                Inputs t = Inputs.Make(rows, channels);
                (float[] y, float[] dx, float[] dGain, _) = RunRms(bench, t);
                var reference = NormalizationReference.RmsNorm(t, Epsilon);
                Near.RelativeToLargest(reference.Y, y, OutputBound, "y");
                Near.RelativeToLargest(reference.DX, dx, GradientBound, "dx");
                Near.RelativeToLargest(reference.DGain, dGain, GradientBound, "dGain");
            }
        }
    }

    [Fact]
    public void The_norm_of_heads_is_the_norm_of_each_to_the_bit_and_leaves_the_rest_of_the_row()
    {
        using var bench = new KernelBench(2);
        foreach (int size in new[] { 4, 16, 36, 64, 128 })
        {
            const int rows = 19, heads = 3;
            int stride = (5 * size) + 3, column = size + 1;
            float[] x = KernelBench.Normal(1, rows * stride), gain = KernelBench.Normal(2, size);
            float[] gathered = [.. Enumerable.Range(0, rows * heads).SelectMany(i => x.AsSpan((i / heads * stride) + column + (i % heads * size), size).ToArray())];
            DeviceBuffer y = bench.Unwritten(gathered.Length), gains = bench.Put(gain), buffer = bench.Put(x);
            bench.Backend.RmsNorm(size, Epsilon, bench.Put(gathered), gains, y, bench.Unwritten(rows * heads));
            float[] expected = [.. x], normed = bench.Get(y);
            for (int i = 0; i < rows * heads; i++)
            {
                normed.AsSpan(i * size, size).CopyTo(expected.AsSpan((i / heads * stride) + column + (i % heads * size)));
            }

            bench.Backend.RmsNormHeads(new RopeShape(rows, stride, size, RopePairing.Halves), Epsilon, buffer, gains, column, heads);
            Assert.Equal(expected, bench.Get(buffer));
        }
    }

    [Fact]
    public void Layer_norm_agrees_with_double_precision()
    {
        using var bench = new KernelBench(2);
        foreach (int channels in Sweep.Lengths.Where(c => c > 2)) // one or two channels are all mean: nothing but rounding is left
        {
            foreach (int rows in Sweep.Rows)
            {
                Inputs t = Inputs.Make(rows, channels);
                (float[] y, float[] dx, float[] dGain, float[] dBias) = RunLayer(bench, t);
                var reference = NormalizationReference.LayerNorm(t, Epsilon);
                Near.RelativeToLargest(reference.Y, y, 4 * OutputBound, "y"); // the mean's error adds, magnified where a row's spread is small
                Near.RelativeToLargest(reference.DX, dx, 10 * GradientBound, "dx");
                Near.RelativeToLargest(reference.DGain, dGain, 2 * GradientBound, "dGain");
                Near.RelativeToLargest(reference.DBias, dBias, GradientBound, "dBias");
            }
        }
    }

    [Fact]
    public void The_references_agree_with_central_differences()
    {
        Inputs t = Inputs.Make(3, 5);
        double[] x = Near.ToDouble(t.X);
        double[] rms = NormalizationReference.RmsNorm(t, Epsilon).DX;
        double[] layer = NormalizationReference.LayerNorm(t, Epsilon).DX;
        for (int i = 0; i < x.Length; i++)
        {
            Assert.Equal(Slope(i, p => NormalizationReference.RmsForward(p, t, Epsilon)), rms[i] - t.DX[i], 6);
            Assert.Equal(Slope(i, p => NormalizationReference.LayerForward(p, t, Epsilon)), layer[i] - t.DX[i], 6);
        }

        double Slope(int i, Func<double[], double[]> forward)
        {
            const double step = 1e-5;
            double Loss(double shift)
            {
                double[] moved = (double[])x.Clone();
                moved[i] += shift;
                return forward(moved).Zip(t.DY, (a, b) => a * b).Sum();
            }

            return (Loss(step) - Loss(-step)) / (2 * step);
        }
    }

    [Fact]
    public void Output_may_be_the_input_itself_and_no_other_overlap()
    {
        using var bench = new KernelBench();
        Inputs t = Inputs.Make(4, 33);
        (float[] y, _, _, _) = RunRms(bench, t);
        DeviceBuffer x = bench.Put(t.X);
        DeviceBuffer rstd = bench.Unwritten(4);
        bench.Backend.RmsNorm(33, Epsilon, x, bench.Put(t.Gain), x, rstd);
        Near.Bits(y, bench.Get(x), "in place");
        DeviceBuffer wide = bench.Put(new float[40]);
        Assert.Throws<ArgumentException>(() => bench.Backend.RmsNorm(32, Epsilon, wide.Slice(0, 32), bench.Put(new float[32]), wide.Slice(8, 32), bench.Put(new float[1])));
    }

    [Fact]
    public void Bits_depend_neither_on_threads_nor_a_rows_bits_on_other_rows()
    {
        Inputs t = Inputs.Make(70, 768);
        using var one = new KernelBench(1);
        (float[] y, float[] dx, float[] dGain, _) = RunRms(one, t);
        (float[] ly, float[] ldx, float[] ldGain, float[] ldBias) = RunLayer(one, t);
        for (int threads = 2; threads <= 3; threads++)
        {
            using var several = new KernelBench(threads);
            (float[] y2, float[] dx2, float[] dGain2, _) = RunRms(several, t);
            (float[] ly2, float[] ldx2, float[] ldGain2, float[] ldBias2) = RunLayer(several, t);
            Near.Bits(y, y2, "rms y");
            Near.Bits(dx, dx2, "rms dx");
            Near.Bits(dGain, dGain2, "rms dGain");
            Near.Bits(ly, ly2, "layer y");
            Near.Bits(ldx, ldx2, "layer dx");
            Near.Bits(ldGain, ldGain2, "layer dGain");
            Near.Bits(ldBias, ldBias2, "layer dBias");
        }

        Inputs last = t.Row(69);
        Near.Bits(y.AsSpan(69 * 768), RunRms(one, last).Y, "row alone");
        Near.Bits(ldx.AsSpan(69 * 768), RunLayer(one, last).DX, "row alone, backward");
    }

    [Fact]
    public void NaN_spreads_over_its_own_row_only()
    {
        using var bench = new KernelBench();
        Inputs t = Inputs.Make(3, 20);
        t.X[25] = float.NaN;
        (float[] y, _, _, _) = RunRms(bench, t);
        for (int i = 0; i < y.Length; i++)
        {
            Assert.Equal(i / 20 == 1, float.IsNaN(y[i]));
        }
    }

    [Fact]
    public void Steady_state_allocates_nothing()
    {
        using var bench = new KernelBench(2);
        DeviceBuffer x = bench.Put(KernelBench.Normal(1, 64 * 512));
        DeviceBuffer dy = bench.Put(KernelBench.Normal(2, 64 * 512));
        DeviceBuffer y = bench.Put(new float[64 * 512]);
        DeviceBuffer gain = bench.Put(new float[512]);
        DeviceBuffer dGain = bench.Put(new float[512]);
        DeviceBuffer dBias = bench.Put(new float[512]);
        DeviceBuffer mean = bench.Put(new float[64]);
        DeviceBuffer rstd = bench.Put(new float[64]);
        Allocations.AreNone(() =>
        {
            bench.Backend.RmsNorm(512, Epsilon, x, gain, y, rstd);
            bench.Backend.RmsNormBackward(512, x, gain, rstd, dy, y, dGain);
            bench.Backend.LayerNorm(512, Epsilon, x, gain, gain, y, mean, rstd);
            bench.Backend.LayerNormBackward(512, x, gain, mean, rstd, dy, y, dGain, dBias);
        });
    }

    [Fact]
    public void A_wrong_shape_is_named()
    {
        using var bench = new KernelBench();
        DeviceBuffer x = bench.Put(new float[16]);
        ArgumentException e = Assert.Throws<ArgumentException>(() => bench.Backend.RmsNorm(8, Epsilon, x, bench.Put(new float[7]), bench.Put(new float[16]), bench.Put(new float[2])));
        Assert.Contains("gain wants Float32[8]; got Float32[7]", e.Message, StringComparison.Ordinal);
    }

    private static (float[] Y, float[] DX, float[] DGain, float[] DBias) RunRms(KernelBench bench, Inputs t)
    {
        DeviceBuffer x = bench.Put(t.X);
        DeviceBuffer gain = bench.Put(t.Gain);
        DeviceBuffer y = bench.Unwritten(t.X.Length);
        DeviceBuffer rstd = bench.Unwritten(t.Rows);
        DeviceBuffer dx = bench.Put(t.DX);
        DeviceBuffer dGain = bench.Put(t.DGain);
        bench.Backend.RmsNorm(t.Channels, Epsilon, x, gain, y, rstd);
        bench.Backend.RmsNormBackward(t.Channels, x, gain, rstd, bench.Put(t.DY), dx, dGain);
        return (bench.Get(y), bench.Get(dx), bench.Get(dGain), []);
    }

    private static (float[] Y, float[] DX, float[] DGain, float[] DBias) RunLayer(KernelBench bench, Inputs t)
    {
        DeviceBuffer x = bench.Put(t.X);
        DeviceBuffer gain = bench.Put(t.Gain);
        DeviceBuffer y = bench.Unwritten(t.X.Length);
        DeviceBuffer mean = bench.Unwritten(t.Rows);
        DeviceBuffer rstd = bench.Unwritten(t.Rows);
        DeviceBuffer dx = bench.Put(t.DX);
        DeviceBuffer dGain = bench.Put(t.DGain);
        DeviceBuffer dBias = bench.Put(t.DBias);
        bench.Backend.LayerNorm(t.Channels, Epsilon, x, gain, bench.Put(t.Bias), y, mean, rstd);
        bench.Backend.LayerNormBackward(t.Channels, x, gain, mean, rstd, bench.Put(t.DY), dx, dGain, dBias);
        return (bench.Get(y), bench.Get(dx), bench.Get(dGain), bench.Get(dBias));
    }

    /// <summary>Operands, and what gradients are added to.</summary>
    internal sealed record Inputs(int Rows, int Channels, float[] X, float[] Gain, float[] Bias, float[] DY, float[] DX, float[] DGain, float[] DBias)
    {
        public static Inputs Make(int rows, int channels) => new(
            rows, channels, KernelBench.Normal(1, rows * channels), KernelBench.Normal(2, channels), KernelBench.Normal(3, channels), KernelBench.Normal(4, rows * channels),
            KernelBench.Normal(5, rows * channels), KernelBench.Normal(6, channels), KernelBench.Normal(7, channels));

        public Inputs Row(int row)
        {
            Range range = (row * Channels)..((row + 1) * Channels);
            return this with { Rows = 1, X = X[range], DY = DY[range], DX = DX[range] };
        }
    }
}
