using System.Runtime.Intrinsics;

namespace Lazuli.Numerics;

/// <summary>Root-mean-square normalisation: <c>y[r,c] = x[r,c]·rstd[r]·gain[c]</c>, <c>rstd[r] = 1/√(mean_c x[r,c]² + ε)</c>.</summary>
/// <remarks>
/// Shapes: x, y [R, C]; gain [C]; rstd [R]. y may be x itself. Sums in sixteen lanes (<see cref="RowMath.Sum"/>), nothing fused:
/// a row's bits depend on C and the row alone, on every machine. NaN or infinity in a row spreads to that row only.
/// </remarks>
internal unsafe struct RmsNormJob(int rows, int channels, float epsilon, float* x, float* gain, float* y, float* rstd) : ITileJob
{
    public readonly void Execute(int tile, int worker)
    {
        (int start, int end) = NormalizationTiles.RowsOf(tile, rows, channels);
        for (int r = start; r < end; r++)
        {
            float* row = x + ((long)r * channels);
            rstd[r] = 1f / MathF.Sqrt((RowMath.SumOfSquares(row, 0f, channels) / channels) + epsilon);
            Scale(row, gain, rstd[r], y + ((long)r * channels), channels);
        }
    }

    public static void Scale(float* x, float* gain, float rstd, float* y, int count)
    {
        int i = 0;
        for (; i <= count - 8; i += 8)
        {
            (Vector256.Load(x + i) * Vector256.Create(rstd) * Vector256.Load(gain + i)).Store(y + i);
        }

        for (; i < count; i++)
        {
            y[i] = x[i] * rstd * gain[i];
        }
    }
}
