namespace Lazuli.Numerics.Tests;

/// <summary>Attention in plain loops and double precision.</summary>
internal static class AttentionReference
{
    public static (double[] Y, double[] LogSumExp) Causal(AttentionShape s, double[] qkv)
    {
        var y = new double[s.Batch * s.Time * s.Heads * s.HeadSize];
        var logs = new double[s.Batch * s.Heads * s.Time];
        for (int b = 0; b < s.Batch; b++)
        {
            for (int h = 0; h < s.Heads; h++)
            {
                for (int t = 0; t < s.Time; t++)
                {
                    double[] p = Scores(s, qkv, b, h, t);
                    logs[(((b * s.Heads) + h) * s.Time) + t] = LogSumExp(p);
                    for (int j = 0; j <= t; j++)
                    {
                        double weight = Math.Exp(p[j] - logs[(((b * s.Heads) + h) * s.Time) + t]);
                        for (int d = 0; d < s.HeadSize; d++)
                        {
                            y[(((((b * s.Time) + t) * s.Heads) + h) * s.HeadSize) + d] += weight * qkv[Value(s, b, h, j) + d];
                        }
                    }
                }
            }
        }

        return (y, logs);
    }

    /// <summary>Gradients of Σ dy·y by the chain rule, in double.</summary>
    public static double[] CausalBackward(AttentionShape s, double[] qkv, double[] dy)
    {
        var dQkv = new double[qkv.Length];
        (double[] y, double[] logs) = Causal(s, qkv);
        double scale = 1 / Math.Sqrt(s.HeadSize);
        for (int b = 0; b < s.Batch; b++)
        {
            for (int h = 0; h < s.Heads; h++)
            {
                for (int t = 0; t < s.Time; t++)
                {
                    double[] scores = Scores(s, qkv, b, h, t);
                    int row = ((((b * s.Time) + t) * s.Heads) + h) * s.HeadSize;
                    double delta = 0;
                    for (int d = 0; d < s.HeadSize; d++)
                    {
                        delta += dy[row + d] * y[row + d];
                    }

                    for (int j = 0; j <= t; j++)
                    {
                        double p = Math.Exp(scores[j] - logs[(((b * s.Heads) + h) * s.Time) + t]);
                        double dp = 0;
                        for (int d = 0; d < s.HeadSize; d++)
                        {
                            dp += dy[row + d] * qkv[Value(s, b, h, j) + d];
                            dQkv[Value(s, b, h, j) + d] += p * dy[row + d];
                        }

                        double ds = p * (dp - delta) * scale;
                        for (int d = 0; d < s.HeadSize; d++)
                        {
                            dQkv[Query(s, b, h, t) + d] += ds * qkv[Key(s, b, h, j) + d];
                            dQkv[Key(s, b, h, j) + d] += ds * qkv[Query(s, b, h, t) + d];
                        }
                    }
                }
            }
        }

        return dQkv;
    }

    private static double[] Scores(AttentionShape s, double[] qkv, int b, int h, int t)
    {
        var scores = new double[t + 1];
        for (int j = 0; j <= t; j++)
        {
            for (int d = 0; d < s.HeadSize; d++)
            {
                scores[j] += qkv[Query(s, b, h, t) + d] * qkv[Key(s, b, h, j) + d] / Math.Sqrt(s.HeadSize);
            }
        }

        return scores;
    }

    private static double LogSumExp(double[] values)
    {
        double max = values.Max();
        return max + Math.Log(values.Sum(v => Math.Exp(v - max)));
    }

    private static int Query(AttentionShape s, int b, int h, int t) => (((b * s.Time) + t) * s.RowStride) + (h * s.HeadSize);

    private static int Key(AttentionShape s, int b, int h, int t) => (((b * s.Time) + t) * s.RowStride) + ((s.Heads + (h / (s.Heads / s.KeyValueHeads))) * s.HeadSize);

    private static int Value(AttentionShape s, int b, int h, int t) => Key(s, b, h, t) + (s.KeyValueHeads * s.HeadSize);
}
