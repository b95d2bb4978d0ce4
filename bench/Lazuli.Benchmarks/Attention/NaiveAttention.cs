namespace Lazuli.Benchmarks;

/// <summary>The lowest rung: causal attention in plain loops over one row of scores, on one thread.</summary>
internal static class NaiveAttention
{
    public static void Forward(int batch, int time, int heads, int headSize, float[] qkv, float[] y)
    {
        int stride = 3 * heads * headSize;
        var scores = new float[time];
        for (int b = 0; b < batch; b++)
        {
            for (int h = 0; h < heads; h++)
            {
                for (int t = 0; t < time; t++)
                {
                    int query = (((b * time) + t) * stride) + (h * headSize);
                    float max = float.NegativeInfinity;
                    for (int j = 0; j <= t; j++)
                    {
                        int key = (((b * time) + j) * stride) + ((heads + h) * headSize);
                        float score = 0;
                        for (int d = 0; d < headSize; d++)
                        {
                            score += qkv[query + d] * qkv[key + d];
                        }

                        scores[j] = score / MathF.Sqrt(headSize);
                        max = MathF.Max(max, scores[j]);
                    }

                    float sum = 0;
                    for (int j = 0; j <= t; j++)
                    {
                        scores[j] = MathF.Exp(scores[j] - max);
                        sum += scores[j];
                    }

                    Span<float> row = y.AsSpan((((b * time) + t) * heads * headSize) + (h * headSize), headSize);
                    row.Clear();
                    for (int j = 0; j <= t; j++)
                    {
                        int value = (((b * time) + j) * stride) + (((2 * heads) + h) * headSize);
                        for (int d = 0; d < headSize; d++)
                        {
                            row[d] += scores[j] / sum * qkv[value + d];
                        }
                    }
                }
            }
        }
    }
}
