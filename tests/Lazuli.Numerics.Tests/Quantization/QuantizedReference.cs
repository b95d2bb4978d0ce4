namespace Lazuli.Numerics.Tests;

/// <summary>Dequantise, then multiply in double precision; and the bound that a quantised product has to keep.</summary>
internal static class QuantizedReference
{
    /// <summary>
    /// A value rounded to 8 bits in a run of 32 is off by at most half of max|x|/127, the factor's own roundings aside, so an output is off by at most that times Σ|w|;
    /// after it every run adds at most two terms of four roundings each, of at most the terms' sizes.
    /// </summary>
    public static void AssertProduct(WeightFormat format, int rows, int inputs, int outputs, float[] x, byte[] weights, float[] actual, int column, int rowLength)
    {
        int rowBytes = (int)WeightFormats.RowBytes(format, inputs);
        bool rounds = WeightFormats.BlockLength(format) > 1;
        for (int o = 0; o < outputs; o++)
        {
            ReadOnlySpan<byte> weight = weights.AsSpan(o * rowBytes, rowBytes);
            double[] w = new double[inputs], sizes = new double[inputs];
            for (int k = 0; k < inputs; k++)
            {
                w[k] = StoredRows.Weight(format, weight, k, out sizes[k]);
            }

            for (int r = 0; r < rows; r++)
            {
                ReadOnlySpan<float> row = x.AsSpan(r * inputs, inputs);
                double sum = 0, size = 0, rounding = 0;
                for (int k = 0; k < inputs; k++)
                {
                    double half = rounds ? HalfStep(row.Slice(k / 32 * 32, 32)) : 0;
                    sum += row[k] * w[k];
                    size += (Math.Abs(row[k]) + half) * sizes[k];
                    rounding += half * Math.Abs(w[k]);
                }

                double bound = (rounding * 1.00001) + (size * GemmReference.SumBound(rounds ? (inputs / 16) + 8 : inputs)) + 1e-38;
                Assert.InRange(Math.Abs(actual[(r * rowLength) + column + o] - sum), 0, bound);
            }
        }
    }

    private static double HalfStep(ReadOnlySpan<float> run)
    {
        double largest = 0;
        foreach (float v in run)
        {
            largest = Math.Max(largest, Math.Abs((double)v));
        }

        return largest / 254;
    }
}
