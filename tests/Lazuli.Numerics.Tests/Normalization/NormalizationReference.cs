namespace Lazuli.Numerics.Tests;

/// <summary>Normalisations in plain loops and double precision.</summary>
internal static class NormalizationReference
{
    public static double[] RmsForward(double[] x, NormalizationTests.Inputs t, double epsilon)
    {
        var y = new double[x.Length];
        for (int r = 0; r < t.Rows; r++)
        {
            double scale = RmsScale(x, t, r, epsilon);
            for (int c = 0; c < t.Channels; c++)
            {
                y[(r * t.Channels) + c] = x[(r * t.Channels) + c] * scale * t.Gain[c];
            }
        }

        return y;
    }

    public static double[] LayerForward(double[] x, NormalizationTests.Inputs t, double epsilon)
    {
        var y = new double[x.Length];
        for (int r = 0; r < t.Rows; r++)
        {
            (double mean, double scale) = LayerScale(x, t, r, epsilon);
            for (int c = 0; c < t.Channels; c++)
            {
                y[(r * t.Channels) + c] = ((x[(r * t.Channels) + c] - mean) * scale * t.Gain[c]) + t.Bias[c];
            }
        }

        return y;
    }

    public static (double[] Y, double[] DX, double[] DGain) RmsNorm(NormalizationTests.Inputs t, double epsilon)
    {
        double[] x = Near.ToDouble(t.X);
        double[] dx = Near.ToDouble(t.DX);
        double[] dGain = Near.ToDouble(t.DGain);
        for (int r = 0; r < t.Rows; r++)
        {
            int row = r * t.Channels;
            double scale = RmsScale(x, t, r, epsilon);
            double dot = 0;
            for (int c = 0; c < t.Channels; c++)
            {
                dot += (double)t.Gain[c] * t.DY[row + c] * x[row + c];
                dGain[c] += t.DY[row + c] * x[row + c] * scale;
            }

            for (int c = 0; c < t.Channels; c++)
            {
                dx[row + c] += scale * ((t.Gain[c] * (double)t.DY[row + c]) - (x[row + c] * scale * scale * dot / t.Channels));
            }
        }

        return (RmsForward(x, t, epsilon), dx, dGain);
    }

    public static (double[] Y, double[] DX, double[] DGain, double[] DBias) LayerNorm(NormalizationTests.Inputs t, double epsilon)
    {
        double[] x = Near.ToDouble(t.X);
        double[] dx = Near.ToDouble(t.DX);
        double[] dGain = Near.ToDouble(t.DGain);
        double[] dBias = Near.ToDouble(t.DBias);
        for (int r = 0; r < t.Rows; r++)
        {
            int row = r * t.Channels;
            (double mean, double scale) = LayerScale(x, t, r, epsilon);
            double meanH = 0;
            double meanHN = 0;
            for (int c = 0; c < t.Channels; c++)
            {
                double n = (x[row + c] - mean) * scale;
                meanH += (double)t.Gain[c] * t.DY[row + c] / t.Channels;
                meanHN += (double)t.Gain[c] * t.DY[row + c] * n / t.Channels;
                dGain[c] += t.DY[row + c] * n;
                dBias[c] += t.DY[row + c];
            }

            for (int c = 0; c < t.Channels; c++)
            {
                dx[row + c] += scale * (((double)t.Gain[c] * t.DY[row + c]) - meanH - ((x[row + c] - mean) * scale * meanHN));
            }
        }

        return (LayerForward(x, t, epsilon), dx, dGain, dBias);
    }

    private static double RmsScale(double[] x, NormalizationTests.Inputs t, int row, double epsilon)
    {
        double meanSquare = 0;
        for (int c = 0; c < t.Channels; c++)
        {
            meanSquare += x[(row * t.Channels) + c] * x[(row * t.Channels) + c] / t.Channels;
        }

        return 1 / Math.Sqrt(meanSquare + epsilon);
    }

    private static (double Mean, double Scale) LayerScale(double[] x, NormalizationTests.Inputs t, int row, double epsilon)
    {
        double mean = 0;
        for (int c = 0; c < t.Channels; c++)
        {
            mean += x[(row * t.Channels) + c] / t.Channels;
        }

        double variance = 0;
        for (int c = 0; c < t.Channels; c++)
        {
            variance += (x[(row * t.Channels) + c] - mean) * (x[(row * t.Channels) + c] - mean) / t.Channels;
        }

        return (mean, 1 / Math.Sqrt(variance + epsilon));
    }
}
