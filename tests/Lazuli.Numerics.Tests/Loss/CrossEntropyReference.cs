namespace Lazuli.Numerics.Tests;

/// <summary>Linear head, softmax and cross-entropy with gradients: plain loops in double precision.</summary>
internal sealed record CrossEntropyReference(double[] Losses, double[] InputGradient, double[] WeightGradient)
{
    public static CrossEntropyReference Compute(LinearShape shape, float[] x, float[] w, int[] targets, double scale) =>
        Compute(shape, Array.ConvertAll(x, v => (double)v), Array.ConvertAll(w, v => (double)v), targets, scale);

    public static CrossEntropyReference Compute(LinearShape shape, double[] x, double[] w, int[] targets, double scale)
    {
        var result = new CrossEntropyReference(new double[shape.Rows], new double[x.Length], new double[w.Length]);
        var logits = new double[shape.Out];
        for (int r = 0; r < shape.Rows; r++)
        {
            if (targets[r] < 0)
            {
                continue;
            }

            for (int v = 0; v < shape.Out; v++)
            {
                logits[v] = 0;
                for (int c = 0; c < shape.In; c++)
                {
                    logits[v] += x[(r * shape.In) + c] * w[(v * shape.In) + c];
                }
            }

            double max = logits.Max();
            double sum = logits.Sum(l => Math.Exp(l - max));
            result.Losses[r] = max + Math.Log(sum) - logits[targets[r]];
            for (int v = 0; v < shape.Out; v++)
            {
                double d = scale * ((Math.Exp(logits[v] - max) / sum) - (v == targets[r] ? 1 : 0));
                for (int c = 0; c < shape.In; c++)
                {
                    result.InputGradient[(r * shape.In) + c] += d * w[(v * shape.In) + c];
                    result.WeightGradient[(v * shape.In) + c] += d * x[(r * shape.In) + c];
                }
            }
        }

        return result;
    }
}
