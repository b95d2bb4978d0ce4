using System.Runtime.Intrinsics;

namespace Lazuli.Numerics;

/// <summary>The searches for scales. Lane j works on block j: each lane sums in the reference's order, so the bytes are the reference's.</summary>
/// <remarks>Products are never fused with sums: that would round otherwise.</remarks>
public static partial class WeightCodec
{
    private const float Negligible = 1e-15f;
    private const int Lanes = 8;

    /// <summary>Nearest integer, ties to even.</summary>
    private static int Nearest(float value) => (int)MathF.Round(value);

    /// <summary>Vector i has element i of each of eight blocks that follow one another.</summary>
    private static void Transpose(ReadOnlySpan<float> x, Span<Vector256<float>> columns)
    {
        int length = columns.Length;
        for (int i = 0; i < length; i++)
        {
            columns[i] = Vector256.Create(
                x[i], x[i + length], x[i + (2 * length)], x[i + (3 * length)], x[i + (4 * length)], x[i + (5 * length)], x[i + (6 * length)], x[i + (7 * length)]);
        }
    }

    /// <summary>The inverse, of small integers plus <paramref name="offset"/>.</summary>
    private static void Untranspose(ReadOnlySpan<Vector256<float>> columns, Span<byte> q, int offset)
    {
        for (int i = 0; i < columns.Length; i++)
        {
            for (int j = 0; j < Lanes; j++)
            {
                q[(j * columns.Length) + i] = (byte)((int)columns[i][j] + offset);
            }
        }
    }

    /// <summary>
    /// The scale s and integers q from −n to n − 1 that make Σ x²·(x − s·q)² small: tries n ± 0.9 steps for the largest weight and takes the best least-squares fit.
    /// A block of next to nothing has scale 0.
    /// </summary>
    private static Vector256<float> SearchScales(ReadOnlySpan<Vector256<float>> x, Span<Vector256<float>> q, int n)
    {
        Vector256<float> magnitude = Vector256<float>.Zero;
        Vector256<float> largest = Vector256<float>.Zero;
        foreach (Vector256<float> value in x)
        {
            Vector256<float> isLarger = Vector256.GreaterThan(Vector256.Abs(value), magnitude); // the first of equals decides
            magnitude = Vector256.ConditionalSelect(isLarger, Vector256.Abs(value), magnitude);
            largest = Vector256.ConditionalSelect(isLarger, value, largest);
        }

        Round(x, q, n, Vector256.Create(-(float)n) / largest, out Vector256<float> sumXq, out Vector256<float> sumQq);
        Vector256<float> scale = Vector256.ConditionalSelect(Vector256.Equals(sumQq, Vector256<float>.Zero), Vector256<float>.Zero, sumXq / sumQq);
        Vector256<float> best = scale * sumXq;
        Span<Vector256<float>> tried = stackalloc Vector256<float>[Q6KBlock];
        for (int step = -9; step <= 9; step++)
        {
            if (step == 0)
            {
                continue;
            }

            Round(x, tried, n, Vector256.Create(-(n + (0.1f * step))) / largest, out sumXq, out sumQq);
            Vector256<float> isBetter = Vector256.GreaterThan(sumQq, Vector256<float>.Zero) & Vector256.GreaterThan(sumXq * sumXq, best * sumQq);
            if (isBetter != Vector256<float>.Zero)
            {
                Choose(isBetter, tried, q);
                scale = Vector256.ConditionalSelect(isBetter, sumXq / sumQq, scale);
                best = Vector256.ConditionalSelect(isBetter, scale * sumXq, best);
            }
        }

        Vector256<float> isNothing = Vector256.LessThan(magnitude, Vector256.Create(Negligible));
        for (int i = 0; i < q.Length; i++)
        {
            q[i] = Vector256.ConditionalSelect(isNothing, Vector256.Create(-(float)n), q[i]);
        }

        return Vector256.ConditionalSelect(isNothing, Vector256<float>.Zero, scale);
    }

    private static void Round(ReadOnlySpan<Vector256<float>> x, Span<Vector256<float>> q, int n, Vector256<float> inverse, out Vector256<float> sumXq, out Vector256<float> sumQq)
    {
        Vector256<float> lowest = Vector256.Create(-(float)n);
        Vector256<float> highest = Vector256.Create(n - 1f);
        sumXq = Vector256<float>.Zero;
        sumQq = Vector256<float>.Zero;
        for (int i = 0; i < x.Length; i++)
        {
            Vector256<float> l = Vector256.Max(lowest, Vector256.Min(highest, Vector256.Round(inverse * x[i])));
            q[i] = l;
            Vector256<float> w = x[i] * x[i];
            sumXq += w * x[i] * l;
            sumQq += w * l * l;
        }
    }

    /// <summary>
    /// The scale s and minimum t ≥ 0 with integers q from 0 to <paramref name="largest"/> that make Σ w·(s·q − t − x)² small, w = rms(x) + |x|:
    /// rounds with several steps between the extremes, fits s and t to each by least squares, keeps the best. A block of one value has scale 0.
    /// </summary>
    private static Vector256<float> SearchScalesAndMinima(
        ReadOnlySpan<Vector256<float>> x, Span<Vector256<float>> q, int largest, float firstStep, int steps, out Vector256<float> minima)
    {
        Span<Vector256<float>> weights = stackalloc Vector256<float>[Block];
        WeighAndBound(x, weights, out Vector256<float> min, out Vector256<float> max, out Vector256<float> sumW, out Vector256<float> sumX);
        min = Vector256.ConditionalSelect(Vector256.GreaterThan(min, Vector256<float>.Zero), Vector256<float>.Zero, min);
        Vector256<float> isFlat = Vector256.Equals(min, max);
        Vector256<float> flatMinimum = -min;
        Vector256<float> inverse = Vector256.Create((float)largest) / (max - min);
        Vector256<float> scale = Vector256<float>.One / inverse;
        Vector256<float> highest = Vector256.Create((float)largest);
        for (int i = 0; i < Block; i++)
        {
            q[i] = Vector256.Max(Vector256<float>.Zero, Vector256.Min(highest, Vector256.Round(inverse * (x[i] - min))));
        }

        Vector256<float> best = Error(x, weights, q, scale, min);
        Span<Vector256<float>> tried = stackalloc Vector256<float>[Block];
        for (int step = 0; step <= steps; step++)
        {
            inverse = Vector256.Create(firstStep + (0.1f * step) + largest) / (max - min); // min is the best fit's so far, as in the reference
            Vector256<float> isFit = Fit(x, weights, tried, highest, inverse, min, sumW, sumX, out Vector256<float> triedScale, out Vector256<float> triedMin);
            Vector256<float> error = Error(x, weights, tried, triedScale, triedMin);
            Vector256<float> isBetter = isFit & Vector256.LessThan(error, best);
            if (isBetter != Vector256<float>.Zero)
            {
                Choose(isBetter, tried, q);
                best = Vector256.ConditionalSelect(isBetter, error, best);
                scale = Vector256.ConditionalSelect(isBetter, triedScale, scale);
                min = Vector256.ConditionalSelect(isBetter, triedMin, min);
            }
        }

        Choose(isFlat, default, q);
        minima = Vector256.ConditionalSelect(isFlat, flatMinimum, -min);
        return Vector256.ConditionalSelect(isFlat, Vector256<float>.Zero, scale);
    }

    private static void WeighAndBound(
        ReadOnlySpan<Vector256<float>> x, Span<Vector256<float>> weights, out Vector256<float> min, out Vector256<float> max, out Vector256<float> sumW, out Vector256<float> sumX)
    {
        Vector256<float> sumSquares = Vector256<float>.Zero;
        min = max = x[0];
        foreach (Vector256<float> value in x)
        {
            sumSquares += value * value;
            min = Vector256.ConditionalSelect(Vector256.LessThan(value, min), value, min);
            max = Vector256.ConditionalSelect(Vector256.GreaterThan(value, max), value, max);
        }

        Vector256<float> rootMeanSquare = Vector256.Sqrt(sumSquares / Block);
        sumW = Vector256<float>.Zero;
        sumX = Vector256<float>.Zero;
        for (int i = 0; i < Block; i++)
        {
            weights[i] = rootMeanSquare + Vector256.Abs(x[i]);
            sumW += weights[i];
            sumX += weights[i] * x[i];
        }
    }

    private static Vector256<float> Fit(
        ReadOnlySpan<Vector256<float>> x, ReadOnlySpan<Vector256<float>> weights, Span<Vector256<float>> q, Vector256<float> highest, Vector256<float> inverse, Vector256<float> lowest,
        Vector256<float> sumW, Vector256<float> sumX, out Vector256<float> scale, out Vector256<float> min)
    {
        Vector256<float> sumQ = Vector256<float>.Zero;
        Vector256<float> sumQq = Vector256<float>.Zero;
        Vector256<float> sumXq = Vector256<float>.Zero;
        for (int i = 0; i < Block; i++)
        {
            Vector256<float> l = Vector256.Max(Vector256<float>.Zero, Vector256.Min(highest, Vector256.Round(inverse * (x[i] - lowest))));
            q[i] = l;
            Vector256<float> weighed = weights[i] * l;
            sumQ += weighed;
            sumQq += weighed * l;
            sumXq += weighed * x[i];
        }

        Vector256<float> determinant = (sumW * sumQq) - (sumQ * sumQ);
        scale = ((sumW * sumXq) - (sumX * sumQ)) / determinant;
        min = ((sumQq * sumX) - (sumQ * sumXq)) / determinant;
        Vector256<float> isAbove = Vector256.GreaterThan(min, Vector256<float>.Zero);
        min = Vector256.ConditionalSelect(isAbove, Vector256<float>.Zero, min);
        scale = Vector256.ConditionalSelect(isAbove, sumXq / sumQq, scale);
        return Vector256.GreaterThan(determinant, Vector256<float>.Zero);
    }

    private static Vector256<float> Error(
        ReadOnlySpan<Vector256<float>> x, ReadOnlySpan<Vector256<float>> weights, ReadOnlySpan<Vector256<float>> q, Vector256<float> scale, Vector256<float> min)
    {
        Vector256<float> error = Vector256<float>.Zero;
        for (int i = 0; i < Block; i++)
        {
            Vector256<float> difference = (scale * q[i]) + min - x[i];
            error += weights[i] * (difference * difference);
        }

        return error;
    }

    /// <summary>Takes over the lanes of <paramref name="mask"/>; zeros where <paramref name="from"/> is empty.</summary>
    private static void Choose(Vector256<float> mask, ReadOnlySpan<Vector256<float>> from, Span<Vector256<float>> to)
    {
        for (int i = 0; i < to.Length; i++)
        {
            to[i] = Vector256.ConditionalSelect(mask, from.IsEmpty ? Vector256<float>.Zero : from[i], to[i]);
        }
    }
}
