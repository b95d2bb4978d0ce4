using Lazuli.Models;

namespace Lazuli.EndToEnd.Tests;

/// <summary>Both families' forward pass in plain double-precision loops, straight from the papers' equations.</summary>
internal sealed class ReferenceForward(ParameterTable table, Func<ParameterInfo, float[]> weights)
{
    private readonly ModelConfig _config = table.Config;

    private bool IsGpt2 => _config.Family == ModelFamily.Gpt2;

    /// <summary>Logits after each token: [ids, V].</summary>
    public double[][] Logits(IReadOnlyList<int> ids)
    {
        double[][] x = [.. ids.Select((id, t) => Embed(id, t))];
        foreach (BlockParameters block in table.Blocks)
        {
            double[][] attended = Attend(block, [.. x.Select(r => Norm(r, block.AttentionNorm, block.AttentionNormBias))]);
            for (int t = 0; t < x.Length; t++)
            {
                double[] h = Add(x[t], Linear(attended[t], block.AttentionOut, block.AttentionOutBias));
                x[t] = Add(h, FeedForward(block, Norm(h, block.FeedForwardNorm, block.FeedForwardNormBias)));
            }
        }

        return [.. x.Select(r => Linear(Norm(r, table.FinalNorm, table.FinalNormBias), table.Head, null))];
    }

    private double[] Embed(int id, int position)
    {
        double[] row = Row(table.TokenEmbedding, id);
        return table.PositionEmbedding is ParameterInfo positions ? Add(row, Row(positions, position)) : row;
    }

    private double[][] Attend(BlockParameters block, double[][] x)
    {
        int d = _config.HeadSize;
        int keyStart = _config.Heads * d;
        int valueStart = keyStart + (_config.KeyValueHeads * d);
        double[][] qkv = [.. x.Select(r => Linear(r, block.Qkv, block.QkvBias))];
        for (int t = 0; t < x.Length && !IsGpt2; t++)
        {
            for (int start = 0; start < valueStart; start += d)
            {
                Rotate(qkv[t], start, t);
            }
        }

        double[][] y = [.. x.Select(_ => new double[keyStart])];
        for (int h = 0; h < _config.Heads; h++)
        {
            int group = h * _config.KeyValueHeads / _config.Heads;
            for (int t = 0; t < x.Length; t++)
            {
                double[] scores = [.. Enumerable.Range(0, t + 1).Select(s => Dot(qkv[t], h * d, qkv[s], keyStart + (group * d), d) / Math.Sqrt(d))];
                double largest = scores.Max();
                double[] weight = [.. scores.Select(s => Math.Exp(s - largest))];
                double sum = weight.Sum();
                for (int s = 0; s <= t; s++)
                {
                    for (int c = 0; c < d; c++)
                    {
                        y[t][(h * d) + c] += weight[s] / sum * qkv[s][valueStart + (group * d) + c];
                    }
                }
            }
        }

        return y;
    }

    /// <summary>Channel j turns with channel j + D/2 by the angle position · base^(−2j/D).</summary>
    private void Rotate(double[] row, int start, int position)
    {
        int half = _config.HeadSize / 2;
        for (int j = 0; j < half; j++)
        {
            (double sin, double cos) = Math.SinCos(position * Math.Pow(_config.RopeBase, -2.0 * j / _config.HeadSize));
            double a = row[start + j];
            double b = row[start + j + half];
            row[start + j] = (a * cos) - (b * sin);
            row[start + j + half] = (b * cos) + (a * sin);
        }
    }

    private double[] FeedForward(BlockParameters block, double[] x)
    {
        double[] inner = Linear(x, block.FeedForwardIn, block.FeedForwardInBias);
        int width = _config.FeedForwardWidth;
        double[] active = [.. Enumerable.Range(0, width).Select(i => IsGpt2
            ? 0.5 * inner[i] * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (inner[i] + (0.044715 * Math.Pow(inner[i], 3)))))
            : inner[i] / (1 + Math.Exp(-inner[i])) * inner[width + i])];
        return Linear(active, block.FeedForwardOut, block.FeedForwardOutBias);
    }

    private double[] Norm(double[] x, ParameterInfo gain, ParameterInfo? bias)
    {
        double mean = IsGpt2 ? x.Average() : 0;
        double scale = 1 / Math.Sqrt(x.Average(v => (v - mean) * (v - mean)) + _config.NormEpsilon);
        float[] g = weights(gain);
        float[]? b = bias is null ? null : weights(bias);
        return [.. x.Select((v, i) => ((v - mean) * scale * g[i]) + (b?[i] ?? 0))];
    }

    private double[] Linear(double[] x, ParameterInfo weight, ParameterInfo? bias)
    {
        float[] w = weights(weight);
        float[]? b = bias is null ? null : weights(bias);
        var y = new double[weight.Rows];
        for (int r = 0; r < y.Length; r++)
        {
            double sum = b?[r] ?? 0;
            for (int c = 0; c < x.Length; c++)
            {
                sum += w[(r * weight.Columns) + c] * x[c];
            }

            y[r] = sum;
        }

        return y;
    }

    private double[] Row(ParameterInfo matrix, int row) => [.. weights(matrix).Skip(row * matrix.Columns).Take(matrix.Columns).Select(v => (double)v)];

    private static double[] Add(double[] a, double[] b) => [.. a.Zip(b, (u, v) => u + v)];

    private static double Dot(double[] a, int i, double[] b, int j, int length)
    {
        double sum = 0;
        for (int c = 0; c < length; c++)
        {
            sum += a[i + c] * b[j + c];
        }

        return sum;
    }
}
