using System.Runtime.Intrinsics;

namespace Lazuli.Numerics;

/// <summary>
/// Backward of <see cref="LayerNormJob"/>: with n = (x − mean)·rstd and h = gain·dy,
/// <c>dx += rstd·(h − mean_c(h) − n·mean_c(h·n))</c>, <c>dGain[c] += Σ_r dy·n</c>, <c>dBias[c] += Σ_r dy</c>.
/// </summary>
/// <remarks>
/// A tile is a block of rows fixed by shape; its shares of dGain and dBias go to <c>partial[tile, 2, C]</c> in row order, and the backend adds
/// the shares in tile order. Nothing is fused.
/// </remarks>
internal unsafe struct LayerNormBackwardJob(int rows, int channels, float* x, float* gain, float* mean, float* rstd, float* dy, float* dx, float* partial) : ITileJob
{
    public readonly void Execute(int tile, int worker)
    {
        (int start, int end) = NormalizationTiles.RowsOf(tile, rows, channels);
        float* gainShare = partial + ((long)tile * 2 * channels);
        float* biasShare = gainShare + channels;
        new Span<float>(gainShare, 2 * channels).Clear();
        for (int r = start; r < end; r++)
        {
            long at = (long)r * channels;
            (float meanH, float meanHN) = Means(x + at, gain, dy + at, mean[r], rstd[r], channels);
            Row(x + at, gain, dy + at, dx + at, gainShare, biasShare, mean[r], rstd[r], meanH, meanHN, channels);
        }
    }

    /// <summary>mean_c(h) and mean_c(h·n), lanes as in <see cref="RowMath.Sum"/>.</summary>
    private static (float MeanH, float MeanHN) Means(float* x, float* gain, float* dy, float mean, float rstd, int count)
    {
        var m = Vector256.Create(mean);
        var s = Vector256.Create(rstd);
        Vector256<float> lowH = Vector256<float>.Zero;
        Vector256<float> highH = Vector256<float>.Zero;
        Vector256<float> lowHN = Vector256<float>.Zero;
        Vector256<float> highHN = Vector256<float>.Zero;
        int i = 0;
        for (; i <= count - 16; i += 16)
        {
            Vector256<float> a = Vector256.Load(gain + i) * Vector256.Load(dy + i);
            Vector256<float> b = Vector256.Load(gain + i + 8) * Vector256.Load(dy + i + 8);
            lowH += a;
            highH += b;
            lowHN += a * ((Vector256.Load(x + i) - m) * s);
            highHN += b * ((Vector256.Load(x + i + 8) - m) * s);
        }

        float sumH = VectorMath.Sum(lowH + highH);
        float sumHN = VectorMath.Sum(lowHN + highHN);
        for (; i < count; i++)
        {
            float h = gain[i] * dy[i];
            sumH += h;
            sumHN += h * ((x[i] - mean) * rstd);
        }

        return (sumH / count, sumHN / count);
    }

    private static void Row(float* x, float* gain, float* dy, float* dx, float* gainShare, float* biasShare, float mean, float rstd, float meanH, float meanHN, int count)
    {
        var m = Vector256.Create(mean);
        var s = Vector256.Create(rstd);
        var a = Vector256.Create(meanH);
        var b = Vector256.Create(meanHN);
        int i = 0;
        for (; i <= count - 8; i += 8)
        {
            Vector256<float> n = (Vector256.Load(x + i) - m) * s;
            Vector256<float> g = Vector256.Load(dy + i);
            (Vector256.Load(gainShare + i) + (g * n)).Store(gainShare + i);
            (Vector256.Load(biasShare + i) + g).Store(biasShare + i);
            (Vector256.Load(dx + i) + (s * ((Vector256.Load(gain + i) * g) - a - (n * b)))).Store(dx + i);
        }

        for (; i < count; i++)
        {
            float n = (x[i] - mean) * rstd;
            gainShare[i] += dy[i] * n;
            biasShare[i] += dy[i];
            dx[i] += rstd * ((gain[i] * dy[i]) - meanH - (n * meanHN));
        }
    }
}
