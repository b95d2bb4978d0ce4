namespace Lazuli.Numerics.Tests;

/// <summary>Muon in plain loops and double precision, always by the Gram matrix of the rows.</summary>
internal sealed class MuonReference(int rows, int columns, double[] parameters)
{
    private readonly double[] _momentum = new double[rows * columns];

    public double[] Parameters { get; } = parameters;

    public void Step(float[] gradients, double clip, double learningRate, double momentum, double weightDecay)
    {
        var x = new double[rows * columns];
        for (int i = 0; i < x.Length; i++)
        {
            double g = clip * gradients[i];
            _momentum[i] = (momentum * _momentum[i]) + g;
            x[i] = g + (momentum * _momentum[i]);
        }

        double norm = Math.Sqrt(x.Sum(v => v * v)) + 1e-7;
        x = Array.ConvertAll(x, v => v / norm);
        for (int i = 0; i < 5; i++)
        {
            double[] gram = Multiply(x, Transpose(x, rows, columns), rows, columns, rows);
            double[] square = Multiply(gram, gram, rows, rows, rows);
            double[] factor = gram.Zip(square, (a, b) => (-4.7750 * a) + (2.0315 * b)).ToArray();
            x = x.Zip(Multiply(factor, x, rows, rows, columns), (a, b) => (3.4445 * a) + b).ToArray();
        }

        double scale = Math.Sqrt(Math.Max(1, (double)rows / columns));
        for (int i = 0; i < x.Length; i++)
        {
            Parameters[i] -= learningRate * ((scale * x[i]) + (weightDecay * Parameters[i]));
        }
    }

    private static double[] Transpose(double[] a, int m, int n)
    {
        var t = new double[a.Length];
        for (int i = 0; i < m; i++)
        {
            for (int j = 0; j < n; j++)
            {
                t[(j * m) + i] = a[(i * n) + j];
            }
        }

        return t;
    }

    private static double[] Multiply(double[] a, double[] b, int m, int k, int n)
    {
        var c = new double[m * n];
        for (int i = 0; i < m; i++)
        {
            for (int l = 0; l < k; l++)
            {
                for (int j = 0; j < n; j++)
                {
                    c[(i * n) + j] += a[(i * k) + l] * b[(l * n) + j];
                }
            }
        }

        return c;
    }
}
