using System.Runtime.Intrinsics;

namespace Lazuli.Numerics;

/// <summary>Layer normalisation: <c>y[r,c] = (x[r,c] − mean[r])·rstd[r]·gain[c] + bias[c]</c>, <c>rstd[r] = 1/√(mean_c (x − mean)² + ε)</c>.</summary>
/// <remarks>
/// Shapes: x, y [R, C]; gain, bias [C]; mean, rstd [R]. y may be x itself. Two passes (mean, then squared differences), sums in sixteen lanes
/// (<see cref="RowMath.Sum"/>), nothing fused: a row's bits depend on C and the row alone.
/// </remarks>
internal unsafe struct LayerNormJob(int rows, int channels, float epsilon, float* x, float* gain, float* bias, float* y, float* mean, float* rstd) : ITileJob
{
    public readonly void Execute(int tile, int worker)
    {
        (int start, int end) = NormalizationTiles.RowsOf(tile, rows, channels);
        for (int r = start; r < end; r++)
        {
            float* row = x + ((long)r * channels);
            mean[r] = RowMath.Sum(row, channels) / channels;
            rstd[r] = 1f / MathF.Sqrt((RowMath.SumOfSquares(row, mean[r], channels) / channels) + epsilon);
            Scale(row, gain, bias, mean[r], rstd[r], y + ((long)r * channels), channels);
        }
    }

    private static void Scale(float* x, float* gain, float* bias, float mean, float rstd, float* y, int count)
    {
        int i = 0;
        for (; i <= count - 8; i += 8)
        {
            Vector256<float> normal = (Vector256.Load(x + i) - Vector256.Create(mean)) * Vector256.Create(rstd);
            ((normal * Vector256.Load(gain + i)) + Vector256.Load(bias + i)).Store(y + i);
        }

        for (; i < count; i++)
        {
            y[i] = ((x[i] - mean) * rstd * gain[i]) + bias[i];
        }
    }
}
