using System.Runtime.Intrinsics;

namespace Lazuli.Numerics;

/// <summary>Σ x² in double: sixteen lanes within a chunk of <see cref="Chunk"/> elements, chunks added in order.</summary>
/// <remarks>Double holds the square of every float, so only a NaN or an infinity among the elements makes the sum not finite. The order depends on the length alone.</remarks>
internal unsafe struct SumOfSquaresJob(float* x, long length, double* partial) : ITileJob
{
    public const int Chunk = 32768;

    public static int TilesOf(long length) => checked((int)((length + Chunk - 1) / Chunk));

    public readonly void Execute(int tile, int worker)
    {
        long start = (long)tile * Chunk;
        partial[tile] = Sum(x + start, (int)Math.Min(Chunk, length - start));
    }

    private static double Sum(float* x, int count)
    {
        Vector256<double> a = Vector256<double>.Zero;
        Vector256<double> b = Vector256<double>.Zero;
        Vector256<double> c = Vector256<double>.Zero;
        Vector256<double> d = Vector256<double>.Zero;
        int i = 0;
        for (; i <= count - 16; i += 16)
        {
            (Vector256<double> v0, Vector256<double> v1) = Vector256.Widen(Vector256.Load(x + i));
            (Vector256<double> v2, Vector256<double> v3) = Vector256.Widen(Vector256.Load(x + i + 8));
            a += v0 * v0;
            b += v1 * v1;
            c += v2 * v2;
            d += v3 * v3;
        }

        Vector256<double> lanes = (a + c) + (b + d);
        double total = (lanes[0] + lanes[2]) + (lanes[1] + lanes[3]);
        for (; i < count; i++)
        {
            total += (double)x[i] * x[i];
        }

        return total;
    }
}
