namespace Lazuli.Numerics;

public sealed unsafe partial class CpuBackend
{
    public void RmsNorm(int channels, float epsilon, DeviceBuffer x, DeviceBuffer gain, DeviceBuffer y, DeviceBuffer rstd)
    {
        int rows = RowsOf(x, channels, nameof(x));
        CheckFloats(gain, channels, nameof(gain));
        CheckFloats(y, x.Length, nameof(y));
        CheckFloats(rstd, rows, nameof(rstd));
        CheckApart(x, y, nameof(y), sameAllowed: true);
        var job = new RmsNormJob(rows, channels, epsilon, x.Float32Pointer, gain.Float32Pointer, y.Float32Pointer, rstd.Float32Pointer);
        _pool.Run(ref job, NormalizationTiles.TilesOf(rows, channels));
    }

    public void RmsNormBackward(int channels, DeviceBuffer x, DeviceBuffer gain, DeviceBuffer rstd, DeviceBuffer dy, DeviceBuffer dx, DeviceBuffer dGain)
    {
        int rows = RowsOf(x, channels, nameof(x));
        CheckFloats(gain, channels, nameof(gain));
        CheckFloats(rstd, rows, nameof(rstd));
        CheckFloats(dy, x.Length, nameof(dy));
        CheckFloats(dx, x.Length, nameof(dx));
        CheckFloats(dGain, channels, nameof(dGain));
        CheckApart(x, dx, nameof(dx));
        CheckApart(dy, dx, nameof(dx));
        int tiles = NormalizationTiles.TilesOf(rows, channels);
        float* partial = _scratch.Reserve((long)tiles * channels);
        var job = new RmsNormBackwardJob(rows, channels, x.Float32Pointer, gain.Float32Pointer, rstd.Float32Pointer, dy.Float32Pointer, dx.Float32Pointer, partial);
        _pool.Run(ref job, tiles);
        AddShares(partial, tiles, channels, channels, dGain.Float32Pointer);
    }

    public void LayerNorm(int channels, float epsilon, DeviceBuffer x, DeviceBuffer gain, DeviceBuffer bias, DeviceBuffer y, DeviceBuffer mean, DeviceBuffer rstd)
    {
        int rows = RowsOf(x, channels, nameof(x));
        CheckFloats(gain, channels, nameof(gain));
        CheckFloats(bias, channels, nameof(bias));
        CheckFloats(y, x.Length, nameof(y));
        CheckFloats(mean, rows, nameof(mean));
        CheckFloats(rstd, rows, nameof(rstd));
        CheckApart(x, y, nameof(y), sameAllowed: true);
        var job = new LayerNormJob(rows, channels, epsilon, x.Float32Pointer, gain.Float32Pointer, bias.Float32Pointer, y.Float32Pointer, mean.Float32Pointer, rstd.Float32Pointer);
        _pool.Run(ref job, NormalizationTiles.TilesOf(rows, channels));
    }

    public void LayerNormBackward(int channels, DeviceBuffer x, DeviceBuffer gain, DeviceBuffer mean, DeviceBuffer rstd, DeviceBuffer dy, DeviceBuffer dx, DeviceBuffer dGain, DeviceBuffer dBias)
    {
        int rows = RowsOf(x, channels, nameof(x));
        CheckFloats(gain, channels, nameof(gain));
        CheckFloats(mean, rows, nameof(mean));
        CheckFloats(rstd, rows, nameof(rstd));
        CheckFloats(dy, x.Length, nameof(dy));
        CheckFloats(dx, x.Length, nameof(dx));
        CheckFloats(dGain, channels, nameof(dGain));
        CheckFloats(dBias, channels, nameof(dBias));
        CheckApart(x, dx, nameof(dx));
        CheckApart(dy, dx, nameof(dx));
        int tiles = NormalizationTiles.TilesOf(rows, channels);
        float* partial = _scratch.Reserve((long)tiles * 2 * channels);
        var job = new LayerNormBackwardJob(rows, channels, x.Float32Pointer, gain.Float32Pointer, mean.Float32Pointer, rstd.Float32Pointer, dy.Float32Pointer, dx.Float32Pointer, partial);
        _pool.Run(ref job, tiles);
        AddShares(partial, tiles, 2 * channels, channels, dGain.Float32Pointer);
        AddShares(partial + channels, tiles, 2 * channels, channels, dBias.Float32Pointer);
    }

    /// <summary>Sums the shares of all tiles in tile order, then adds the sum to <paramref name="target"/>.</summary>
    private static void AddShares(float* shares, int tiles, int stride, int count, float* target)
    {
        for (int tile = 1; tile < tiles; tile++)
        {
            RowMath.Add(shares + ((long)tile * stride), shares, count);
        }

        RowMath.Add(shares, target, tiles > 0 ? count : 0);
    }
}
