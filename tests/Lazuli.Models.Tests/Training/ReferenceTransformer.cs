namespace Lazuli.Models.Tests;

/// <summary>The two families in plain loops and double precision, forward only: the oracle of the gradient check. Written from the papers, sharing no code with the step.</summary>
internal sealed class ReferenceTransformer(ParameterTable table)
{
    private readonly ModelConfig _model = table.Config;

    /// <summary>Mean loss in nats over the targets of B sequences of T tokens.</summary>
    public double Loss(double[] parameters, int[] ids, int[] targets, int batch, int time)
    {
        double sum = 0;
        int count = 0;
        for (int b = 0; b < batch; b++)
        {
            double[][] logits = Logits(parameters, ids.AsSpan(b * time, time));
            for (int t = 0; t < time; t++)
            {
                int target = targets[(b * time) + t];
                if (target >= 0)
                {
                    sum += LogSumExp(logits[t]) - logits[t][target];
                    count++;
                }
            }
        }

        return sum / count;
    }

    private double[][] Logits(double[] p, ReadOnlySpan<int> ids)
    {
        var x = new double[ids.Length][];
        for (int t = 0; t < x.Length; t++)
        {
            x[t] = Row(p, table.TokenEmbedding, ids[t]);
            if (table.PositionEmbedding is not null)
            {
                AddTo(x[t], Row(p, table.PositionEmbedding, t));
            }
        }

        foreach (BlockParameters block in table.Blocks)
        {
            double[][] attended = Attention(p, block, [.. x.Select(row => Norm(p, row, block.AttentionNorm, block.AttentionNormBias))]);
            for (int t = 0; t < x.Length; t++)
            {
                AddTo(x[t], Linear(p, attended[t], block.AttentionOut, block.AttentionOutBias));
                AddTo(x[t], FeedForward(p, block, Norm(p, x[t], block.FeedForwardNorm, block.FeedForwardNormBias)));
            }
        }

        return [.. x.Select(row => Linear(p, Norm(p, row, table.FinalNorm, table.FinalNormBias), table.Head, null))];
    }

    private double[][] Attention(double[] p, BlockParameters block, double[][] x)
    {
        int d = _model.HeadSize;
        int heads = _model.Heads;
        int groups = _model.KeyValueHeads;
        double[][] qkv = [.. x.Select(row => Linear(p, row, block.Qkv, block.QkvBias))];
        var y = new double[x.Length][];
        for (int t = 0; t < x.Length; t++)
        {
            y[t] = new double[heads * d];
            for (int h = 0; h < heads; h++)
            {
                int group = h / (heads / groups);
                double[] query = Head(qkv[t], h, t);
                var scores = new double[t + 1];
                for (int s = 0; s <= t; s++)
                {
                    scores[s] = Dot(query, Head(qkv[s], heads + group, s)) / Math.Sqrt(d);
                }

                double normaliser = LogSumExp(scores);
                for (int s = 0; s <= t; s++)
                {
                    for (int j = 0; j < d; j++)
                    {
                        y[t][(h * d) + j] += Math.Exp(scores[s] - normaliser) * qkv[s][((heads + groups + group) * d) + j];
                    }
                }
            }
        }

        return y;
    }

    /// <summary>One head of a row, rotated to its position where the family rotates: pairs (j, j + D/2).</summary>
    private double[] Head(double[] qkv, int head, int position)
    {
        int d = _model.HeadSize;
        double[] values = qkv[(head * d)..((head + 1) * d)];
        if (_model.Family == ModelFamily.Gpt2)
        {
            return values;
        }

        var rotated = new double[d];
        for (int j = 0; j < d / 2; j++)
        {
            double angle = position * Math.Pow(_model.RopeBase, -2.0 * j / d);
            rotated[j] = (values[j] * Math.Cos(angle)) - (values[j + (d / 2)] * Math.Sin(angle));
            rotated[j + (d / 2)] = (values[j + (d / 2)] * Math.Cos(angle)) + (values[j] * Math.Sin(angle));
        }

        return rotated;
    }

    private double[] FeedForward(double[] p, BlockParameters block, double[] x)
    {
        double[] product = Linear(p, x, block.FeedForwardIn, block.FeedForwardInBias);
        var hidden = new double[_model.FeedForwardWidth];
        for (int f = 0; f < hidden.Length; f++)
        {
            hidden[f] = _model.Family == ModelFamily.Llama
                ? product[f] / (1 + Math.Exp(-product[f])) * product[hidden.Length + f]
                : 0.5 * product[f] * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (product[f] + (0.044715 * product[f] * product[f] * product[f]))));
        }

        return Linear(p, hidden, block.FeedForwardOut, block.FeedForwardOutBias);
    }

    private double[] Norm(double[] p, double[] x, ParameterInfo gain, ParameterInfo? bias)
    {
        double mean = bias is null ? 0 : x.Average();
        double deviation = Math.Sqrt(x.Sum(v => (v - mean) * (v - mean) / x.Length) + _model.NormEpsilon);
        return [.. x.Select((v, c) => ((v - mean) / deviation * p[gain.Offset + c]) + (bias is null ? 0 : p[bias.Offset + c]))];
    }

    private static double[] Linear(double[] p, double[] x, ParameterInfo weight, ParameterInfo? bias)
    {
        var y = new double[weight.Rows];
        for (int o = 0; o < y.Length; o++)
        {
            y[o] = bias is null ? 0 : p[bias.Offset + o];
            for (int i = 0; i < x.Length; i++)
            {
                y[o] += p[weight.Offset + ((long)o * weight.Columns) + i] * x[i];
            }
        }

        return y;
    }

    private static double[] Row(double[] p, ParameterInfo table, int row) => p[(int)(table.Offset + ((long)row * table.Columns))..(int)(table.Offset + ((row + 1L) * table.Columns))];

    private static void AddTo(double[] x, double[] y)
    {
        for (int i = 0; i < x.Length; i++)
        {
            x[i] += y[i];
        }
    }

    private static double Dot(double[] a, double[] b) => a.Zip(b, (x, y) => x * y).Sum();

    private static double LogSumExp(double[] values)
    {
        double max = values.Max();
        return max + Math.Log(values.Sum(v => Math.Exp(v - max)));
    }
}
