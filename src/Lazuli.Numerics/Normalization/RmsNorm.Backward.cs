using System.Runtime.Intrinsics;

namespace Lazuli.Numerics;

/// <summary>
/// Backward of <see cref="RmsNormJob"/>: with h = gain·dy, <c>dx[r,c] += rstd·(h[c] − x[c]·rstd²·mean_c(h·x))</c> and
/// <c>dGain[c] += Σ_r dy[r,c]·x[r,c]·rstd[r]</c>.
/// </summary>
/// <remarks>
/// A tile is a block of rows fixed by shape; it sums its share of dGain in row order into <c>partial[tile, C]</c>, and the backend adds
/// the shares in tile order. Nothing is fused.
/// </remarks>
internal unsafe struct RmsNormBackwardJob(int rows, int channels, float* x, float* gain, float* rstd, float* dy, float* dx, float* partial) : ITileJob
{
    public readonly void Execute(int tile, int worker)
    {
        (int start, int end) = NormalizationTiles.RowsOf(tile, rows, channels);
        float* share = partial + ((long)tile * channels);
        new Span<float>(share, channels).Clear();
        for (int r = start; r < end; r++)
        {
            long at = (long)r * channels;
            float s = rstd[r];
            float pull = Dot(x + at, gain, dy + at, channels) * s * s / channels;
            Row(x + at, gain, dy + at, dx + at, share, s, pull, channels);
        }
    }

    /// <summary>Σ gain·dy·x, lanes as in <see cref="RowMath.Sum"/>.</summary>
    private static float Dot(float* x, float* gain, float* dy, int count)
    {
        Vector256<float> low = Vector256<float>.Zero;
        Vector256<float> high = Vector256<float>.Zero;
        int i = 0;
        for (; i <= count - 16; i += 16)
        {
            low += Vector256.Load(gain + i) * Vector256.Load(dy + i) * Vector256.Load(x + i);
            high += Vector256.Load(gain + i + 8) * Vector256.Load(dy + i + 8) * Vector256.Load(x + i + 8);
        }

        float total = VectorMath.Sum(low + high);
        for (; i < count; i++)
        {
            total += gain[i] * dy[i] * x[i];
        }

        return total;
    }

    private static void Row(float* x, float* gain, float* dy, float* dx, float* share, float rstd, float pull, int count)
    {
        var s = Vector256.Create(rstd);
        var t = Vector256.Create(pull);
        int i = 0;
        for (; i <= count - 8; i += 8)
        {
            Vector256<float> v = Vector256.Load(x + i);
            Vector256<float> g = Vector256.Load(dy + i);
            (Vector256.Load(share + i) + (g * v * s)).Store(share + i);
            (Vector256.Load(dx + i) + (s * ((Vector256.Load(gain + i) * g) - (v * t)))).Store(dx + i);
        }

        for (; i < count; i++)
        {
            share[i] += dy[i] * x[i] * rstd;
            dx[i] += rstd * ((gain[i] * dy[i]) - (x[i] * pull));
        }
    }
}
