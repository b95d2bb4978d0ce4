namespace Lazuli.Numerics.Tests;

/// <summary>Comparison with a double-precision reference under a named bound.</summary>
internal static class Near
{
    /// <summary>Unit roundoff of float: 2⁻²⁴.</summary>
    public const double Roundoff = 5.9604644775390625e-8;

    /// <summary>Asserts |found − expected| ≤ bound·scale for every element; NaN on one side only is a failure.</summary>
    public static void Absolute(ReadOnlySpan<double> expected, ReadOnlySpan<float> found, double bound, string what)
    {
        Assert.Equal(expected.Length, found.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            double error = Math.Abs(found[i] - expected[i]);
            Assert.True(error <= bound || (double.IsNaN(expected[i]) && float.IsNaN(found[i])), $"{what}[{i}]: wants {expected[i]:R} ± {bound:E2}, found {found[i]:R} (error {error:E2}).");
        }
    }

    /// <summary>Asserts |found − expected| ≤ bound·max|expected|: for results that are sums with cancellation.</summary>
    public static void RelativeToLargest(ReadOnlySpan<double> expected, ReadOnlySpan<float> found, double bound, string what)
    {
        double largest = 1e-30;
        foreach (double value in expected)
        {
            largest = Math.Max(largest, Math.Abs(value));
        }

        Absolute(expected, found, bound * largest, what);
    }

    /// <summary>Asserts equal bits.</summary>
    public static void Bits(ReadOnlySpan<float> expected, ReadOnlySpan<float> found, string what)
    {
        Assert.Equal(expected.Length, found.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.True(BitConverter.SingleToInt32Bits(expected[i]) == BitConverter.SingleToInt32Bits(found[i]), $"{what}[{i}]: bits differ: {expected[i]:R} and {found[i]:R}.");
        }
    }

    public static double[] ToDouble(float[] values) => Array.ConvertAll(values, v => (double)v);
}
