namespace Lazuli.Models.Tests;

/// <summary>Both families in plain loops and double precision: every position attends to all before it, nothing is cached, paged or packed.</summary>
internal sealed class UncachedTransformer(TinyModel model)
{
    private readonly ModelConfig _config = model.Config;

    /// <summary>Logits at every position [T][V].</summary>
    public double[][] Logits(IReadOnlyList<int> ids) => [.. States(ids).Select(row => Linear(row, model.Parameters.Head, null))];

    /// <summary>What the head gets, after the last norm, at every position [T][C].</summary>
    public double[][] States(IReadOnlyList<int> ids)
    {
        ParameterTable p = model.Parameters;
        float[] embedding = model.Values(p.TokenEmbedding);
        double[][] x = [.. ids.Select((id, position) => Row(embedding, id, p.PositionEmbedding, position))];
        foreach (BlockParameters block in p.Blocks)
        {
            double[][] normed = [.. x.Select(row => Norm(row, block.AttentionNorm, block.AttentionNormBias))];
            double[][] qkv = [.. normed.Select((row, position) => Rotate(NormHeads(Linear(row, block.Qkv, block.QkvBias), block), position))];
            double[][] attended = [.. qkv.Select((row, position) => Attend(row, qkv, position))];
            x = [.. x.Select((row, t) => Add(row, Linear(attended[t], block.AttentionOut, block.AttentionOutBias)))];
            x = [.. x.Select(row => Add(row, Linear(Activate(Linear(Norm(row, block.FeedForwardNorm, block.FeedForwardNormBias), block.FeedForwardIn, block.FeedForwardInBias)), block.FeedForwardOut, block.FeedForwardOutBias)))];
        }

        return [.. x.Select(row => Norm(row, p.FinalNorm, p.FinalNormBias))];
    }

    private double[] Row(float[] embedding, int id, ParameterInfo? positions, int position)
    {
        int width = _config.Width;
        double[] row = [.. embedding.AsSpan(id * width, width).ToArray().Select(v => (double)v)];
        if (positions is not null)
        {
            float[] learned = model.Values(positions);
            for (int c = 0; c < width; c++)
            {
                row[c] += learned[(position * width) + c];
            }
        }

        return row;
    }

    private double[] Linear(double[] x, ParameterInfo weight, ParameterInfo? bias)
    {
        float[] w = model.Values(weight);
        var y = new double[weight.Rows];
        for (int o = 0; o < weight.Rows; o++)
        {
            y[o] = bias is null ? 0 : model.Values(bias)[o];
            for (int i = 0; i < weight.Columns; i++)
            {
                y[o] += x[i] * w[(o * weight.Columns) + i];
            }
        }

        return y;
    }

    private double[] Norm(double[] x, ParameterInfo gain, ParameterInfo? bias)
    {
        float[] g = model.Values(gain);
        double mean = bias is null ? 0 : x.Average();
        double rstd = 1 / Math.Sqrt(x.Average(v => (v - mean) * (v - mean)) + _config.NormEpsilon);
        return [.. x.Select((v, c) => ((v - mean) * rstd * g[c]) + (bias is null ? 0 : model.Values(bias)[c]))];
    }

    private double[] NormHeads(double[] qkv, BlockParameters block)
    {
        int size = _config.HeadSize;
        for (int head = 0; head < _config.Heads + _config.KeyValueHeads && block.QueryNorm is not null; head++)
        {
            Norm(qkv[(head * size)..((head + 1) * size)], head < _config.Heads ? block.QueryNorm : block.KeyNorm!, null).CopyTo(qkv, head * size);
        }

        return qkv;
    }

    private double[] Rotate(double[] qkv, int position)
    {
        if (_config.Family != ModelFamily.Llama)
        {
            return qkv;
        }

        int size = _config.HeadSize;
        for (int head = 0; head < _config.Heads + _config.KeyValueHeads; head++)
        {
            for (int j = 0; j < size / 2; j++)
            {
                double angle = position * Math.Pow(_config.RopeBase, -2.0 * j / size) / (_config.RopeScaling?.Divisor(j, size, _config.RopeBase) ?? 1);
                int a = (head * size) + j;
                int b = a + (size / 2);
                (qkv[a], qkv[b]) = ((qkv[a] * Math.Cos(angle)) - (qkv[b] * Math.Sin(angle)), (qkv[b] * Math.Cos(angle)) + (qkv[a] * Math.Sin(angle)));
            }
        }

        return qkv;
    }

    private double[] Attend(double[] query, double[][] qkv, int position)
    {
        int size = _config.HeadSize;
        int keys = _config.Heads * size;
        int values = keys + (_config.KeyValueHeads * size);
        var y = new double[keys];
        for (int head = 0; head < _config.Heads; head++)
        {
            int group = head / (_config.Heads / _config.KeyValueHeads);
            double[] scores = [.. Enumerable.Range(0, position + 1).Select(t => Dot(query, head * size, qkv[t], keys + (group * size), size) / Math.Sqrt(size))];
            double max = scores.Max();
            double sum = scores.Sum(s => Math.Exp(s - max));
            for (int t = 0; t <= position; t++)
            {
                for (int d = 0; d < size; d++)
                {
                    y[(head * size) + d] += Math.Exp(scores[t] - max) / sum * qkv[t][values + (group * size) + d];
                }
            }
        }

        return y;
    }

    private double[] Activate(double[] hidden)
    {
        int width = _config.FeedForwardWidth;
        return _config.Family == ModelFamily.Llama
            ? [.. Enumerable.Range(0, width).Select(f => hidden[f] / (1 + Math.Exp(-hidden[f])) * hidden[width + f])]
            : [.. hidden.Select(v => 0.5 * v * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (v + (0.044715 * v * v * v)))))];
    }

    private static double Dot(double[] a, int aStart, double[] b, int bStart, int length)
    {
        double sum = 0;
        for (int i = 0; i < length; i++)
        {
            sum += a[aStart + i] * b[bStart + i];
        }

        return sum;
    }

    private static double[] Add(double[] x, double[] y) => [.. x.Select((v, i) => v + y[i])];
}
