namespace Lazuli.Numerics;

/// <summary>The searches for scales, in the reference's order of operations: other sums would round otherwise and make other bytes.</summary>
public static partial class WeightCodec
{
    private const float Negligible = 1e-15f;

    /// <summary>Nearest integer, ties to even.</summary>
    private static int Nearest(float value) => (int)MathF.Round(value);

    /// <summary>
    /// The scale s and integers q from −n to n − 1 that make Σ x²·(x − s·q)² small: tries n ± 0.9 steps for the largest weight and takes the best least-squares fit.
    /// <paramref name="q"/> gets the integers plus n.
    /// </summary>
    private static float SearchScale(ReadOnlySpan<float> x, Span<byte> q, int n)
    {
        float largest = 0;
        foreach (float value in x)
        {
            largest = MathF.Abs(value) > MathF.Abs(largest) ? value : largest;
        }

        if (MathF.Abs(largest) < Negligible)
        {
            q.Clear();
            return 0;
        }

        Round(x, q, n, -n / largest, out float sumXq, out float sumQq);
        float scale = sumQq != 0 ? sumXq / sumQq : 0;
        float best = scale * sumXq;
        Span<byte> tried = stackalloc byte[Q6KBlock];
        for (int step = -9; step <= 9; step++)
        {
            if (step == 0)
            {
                continue;
            }

            Round(x, tried, n, -(n + (0.1f * step)) / largest, out sumXq, out sumQq);
            if (sumQq > 0 && sumXq * sumXq > best * sumQq)
            {
                tried.CopyTo(q);
                scale = sumXq / sumQq;
                best = scale * sumXq;
            }
        }

        return scale;
    }

    private static void Round(ReadOnlySpan<float> x, Span<byte> q, int n, float inverse, out float sumXq, out float sumQq)
    {
        sumXq = 0;
        sumQq = 0;
        for (int i = 0; i < x.Length; i++)
        {
            int l = Math.Clamp(Nearest(inverse * x[i]), -n, n - 1);
            q[i] = (byte)(l + n);
            float w = x[i] * x[i];
            sumXq += w * x[i] * l;
            sumQq += w * l * l;
        }
    }

    /// <summary>
    /// The scale s and minimum t ≥ 0 with integers q from 0 to <paramref name="largest"/> that make Σ w·(s·q − t − x)² small, w = rms(x) + |x|:
    /// rounds with several steps between the extremes, fits s and t to each by least squares, keeps the best.
    /// </summary>
    private static float SearchScaleAndMinimum(ReadOnlySpan<float> x, Span<byte> q, int largest, float firstStep, int steps, out float minimum)
    {
        Span<float> weights = stackalloc float[Block];
        float sumSquares = 0;
        foreach (float value in x)
        {
            sumSquares += value * value;
        }

        float rootMeanSquare = MathF.Sqrt(sumSquares / Block);
        float min = x[0];
        float max = x[0];
        float sumW = 0;
        float sumX = 0;
        for (int i = 0; i < Block; i++)
        {
            weights[i] = rootMeanSquare + MathF.Abs(x[i]);
            min = x[i] < min ? x[i] : min;
            max = x[i] > max ? x[i] : max;
            sumW += weights[i];
            sumX += weights[i] * x[i];
        }

        min = min > 0 ? 0 : min;
        if (max == min)
        {
            q.Clear();
            minimum = -min;
            return 0;
        }

        float inverse = largest / (max - min);
        float scale = 1 / inverse;
        for (int i = 0; i < Block; i++)
        {
            q[i] = (byte)Math.Clamp(Nearest(inverse * (x[i] - min)), 0, largest);
        }

        float best = Error(x, weights, q, scale, min);
        Span<byte> tried = stackalloc byte[Block];
        for (int step = 0; step <= steps; step++)
        {
            inverse = (firstStep + (0.1f * step) + largest) / (max - min); // min is the best fit's so far, as in the reference
            if (!TryFit(x, weights, tried, largest, inverse, min, sumW, sumX, out float triedScale, out float triedMin))
            {
                continue;
            }

            float error = Error(x, weights, tried, triedScale, triedMin);
            if (error < best)
            {
                tried.CopyTo(q);
                (best, scale, min) = (error, triedScale, triedMin);
            }
        }

        minimum = -min;
        return scale;
    }

    private static bool TryFit(
        ReadOnlySpan<float> x, ReadOnlySpan<float> weights, Span<byte> q, int largest, float inverse, float lowest, float sumW, float sumX, out float scale, out float min)
    {
        float sumQ = 0;
        float sumQq = 0;
        float sumXq = 0;
        for (int i = 0; i < Block; i++)
        {
            int l = Math.Clamp(Nearest(inverse * (x[i] - lowest)), 0, largest);
            q[i] = (byte)l;
            float w = weights[i];
            sumQ += w * l;
            sumQq += w * l * l;
            sumXq += w * l * x[i];
        }

        float determinant = (sumW * sumQq) - (sumQ * sumQ);
        if (!(determinant > 0))
        {
            scale = min = 0;
            return false;
        }

        scale = ((sumW * sumXq) - (sumX * sumQ)) / determinant;
        min = ((sumQq * sumX) - (sumQ * sumXq)) / determinant;
        if (min > 0)
        {
            min = 0;
            scale = sumXq / sumQq;
        }

        return true;
    }

    private static float Error(ReadOnlySpan<float> x, ReadOnlySpan<float> weights, ReadOnlySpan<byte> q, float scale, float min)
    {
        float error = 0;
        for (int i = 0; i < Block; i++)
        {
            float difference = (scale * q[i]) + min - x[i];
            error += weights[i] * (difference * difference);
        }

        return error;
    }
}
