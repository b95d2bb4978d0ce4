namespace Lazuli.Numerics.Tests;

/// <summary>Products in double precision, and the bound that a float product has to keep.</summary>
internal static class GemmReference
{
    /// <summary>
    /// Bound of a float sum of <paramref name="terms"/> products, relative to the sum of their sizes: every term passes at most
    /// terms + 4 roundings of half an ulp (Higham, Accuracy and Stability of Numerical Algorithms, §3.1).
    /// </summary>
    public static double SumBound(int terms) => (terms + 4) * Math.ScaleB(1, -24);

    public static void AssertProduct(MatMulKind kind, int m, int n, int k, double alpha, float[] a, float[] b, double beta, float[] c, float[] actual)
    {
        for (int i = 0; i < m; i++)
        {
            for (int j = 0; j < n; j++)
            {
                double sum = 0, size = 0;
                for (int p = 0; p < k; p++)
                {
                    double x = kind == MatMulKind.TN ? a[((long)p * m) + i] : a[((long)i * k) + p];
                    double y = kind == MatMulKind.NT ? b[((long)j * k) + p] : b[((long)p * n) + j];
                    sum += x * y;
                    size += Math.Abs(x * y);
                }

                double old = c[((long)i * n) + j];
                double expected = (alpha * sum) + (beta * old);
                double scale = (Math.Abs(alpha) * size) + Math.Abs(beta * old);
                Assert.InRange(Math.Abs(actual[((long)i * n) + j] - expected), 0, SumBound(k) * scale);
            }
        }
    }
}
