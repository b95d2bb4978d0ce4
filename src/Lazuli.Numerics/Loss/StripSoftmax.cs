using System.Runtime.Intrinsics;

namespace Lazuli.Numerics;

/// <summary>Softmax over one strip of the vocabulary at a time, eight rows in the eight lanes; sums run in ascending order of entries.</summary>
internal static unsafe class StripSoftmax
{
    /// <summary>Turns the logits of a strip into <c>e^(logit − strip maximum)</c>; keeps the maximum, the sum and the logits of targets in the strip.</summary>
    public static void Exponentiate(CrossEntropyChunk* chunk, int strip, int panelWidth)
    {
        int first = strip * CrossEntropyChunk.StripEntries;
        int end = chunk->StripEnd(strip);
        KeepTargets(chunk, first, end, panelWidth);
        for (int row = 0; row < chunk->PaddedRows; row += 8)
        {
            float* p = Column(chunk, row, panelWidth) + ((nint)first * panelWidth);
            Vector256<float> max = Vector256.Load(p);
            for (int v = first + 1; v < end; v++)
            {
                max = Vector256.MaxNative(max, Vector256.Load(p + ((nint)(v - first) * panelWidth)));
            }

            Vector256<float> sum = Vector256<float>.Zero;
            for (int v = first; v < end; v++, p += panelWidth)
            {
                Vector256<float> e = VectorMath.ExpBounded(Vector256.Load(p) - max);
                e.Store(p);
                sum += e;
            }

            max.Store(chunk->StripMax + ((nint)strip * chunk->PaddedRows) + row);
            sum.Store(chunk->StripSum + ((nint)strip * chunk->PaddedRows) + row);
        }
    }

    /// <summary>Joins the strips of eight rows: writes their losses, and leaves in StripMax what an exponential is multiplied by to be a gradient.</summary>
    public static void Join(CrossEntropyChunk* chunk, int row)
    {
        float* maxima = chunk->StripMax + row;
        float* sums = chunk->StripSum + row;
        Vector256<float> max = Vector256.Load(maxima);
        for (int s = 1; s < chunk->Strips; s++)
        {
            max = Vector256.MaxNative(max, Vector256.Load(maxima + ((nint)s * chunk->PaddedRows)));
        }

        // Thousands of strips: their sum is kept in double so that its rounding stays below one float's.
        Vector256<double> low = Vector256<double>.Zero, high = Vector256<double>.Zero;
        for (int s = 0; s < chunk->Strips; s++)
        {
            nint at = (nint)s * chunk->PaddedRows;
            Vector256<float> factor = VectorMath.ExpBounded(Vector256.Load(maxima + at) - max);
            (Vector256<double> l, Vector256<double> h) = Vector256.Widen(factor * Vector256.Load(sums + at));
            low += l;
            high += h;
            factor.Store(maxima + at);
        }

        Vector256<float> scale = WriteLosses(chunk, row, max, low, high);
        for (int s = 0; s < chunk->Strips; s++)
        {
            float* factor = maxima + ((nint)s * chunk->PaddedRows);
            (Vector256.Load(factor) * scale).Store(factor);
        }
    }

    /// <summary>Turns the exponentials of a strip into the gradient by the logits: <c>scale · (softmax − [entry is target])</c>.</summary>
    public static void Differentiate(CrossEntropyChunk* chunk, int strip, int panelWidth)
    {
        int first = strip * CrossEntropyChunk.StripEntries;
        int end = chunk->StripEnd(strip);
        for (int row = 0; row < chunk->PaddedRows; row += 8)
        {
            Vector256<float> factor = Vector256.Load(chunk->StripMax + ((nint)strip * chunk->PaddedRows) + row);
            float* p = Column(chunk, row, panelWidth) + ((nint)first * panelWidth);
            for (int v = first; v < end; v++, p += panelWidth)
            {
                (Vector256.Load(p) * factor).Store(p);
            }
        }

        for (int row = 0; row < chunk->Rows; row++)
        {
            int target = chunk->Targets[row];
            if (target >= first && target < end)
            {
                Column(chunk, row, panelWidth)[(nint)target * panelWidth] -= chunk->GradientScale;
            }
        }
    }

    private static float* Column(CrossEntropyChunk* chunk, int row, int panelWidth) =>
        chunk->Logits + (row / panelWidth * (nint)chunk->Vocabulary * panelWidth) + (row % panelWidth);

    private static void KeepTargets(CrossEntropyChunk* chunk, int first, int end, int panelWidth)
    {
        for (int row = 0; row < chunk->Rows; row++)
        {
            int target = chunk->Targets[row];
            if (target >= first && target < end)
            {
                chunk->TargetLogits[row] = Column(chunk, row, panelWidth)[(nint)target * panelWidth];
            }
        }
    }

    private static Vector256<float> WriteLosses(CrossEntropyChunk* chunk, int row, Vector256<float> max, Vector256<double> low, Vector256<double> high)
    {
        Vector256<float> scale = Vector256<float>.Zero;
        int rows = Math.Min(8, chunk->Rows - row);
        for (int lane = 0; lane < rows; lane++)
        {
            if (chunk->Targets[row + lane] < 0)
            {
                chunk->Losses[row + lane] = 0f;
                continue;
            }

            double sum = lane < 4 ? low[lane] : high[lane - 4];
            chunk->Losses[row + lane] = (float)((double)max[lane] - chunk->TargetLogits[row + lane] + Math.Log(sum));
            scale = scale.WithElement(lane, (float)(chunk->GradientScale / sum));
        }

        return scale;
    }
}
