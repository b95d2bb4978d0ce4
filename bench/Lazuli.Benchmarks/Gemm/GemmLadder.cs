using System.Runtime.Intrinsics;
using Lazuli.Numerics;

namespace Lazuli.Benchmarks;

/// <summary>The rungs that led to the product in use, all on one thread and for <c>y[R,Out] = x[R,In] · weightᵀ</c>.</summary>
internal static unsafe class GemmLadder
{
    /// <summary>Rung 1: three loops.</summary>
    public static void Naive(LinearShape shape, float* x, float* w, float* y)
    {
        for (int r = 0; r < shape.Rows; r++)
        {
            for (int o = 0; o < shape.Out; o++)
            {
                float sum = 0;
                for (int i = 0; i < shape.In; i++)
                {
                    sum += x[((nint)r * shape.In) + i] * w[((nint)o * shape.In) + i];
                }

                y[((nint)r * shape.Out) + o] = sum;
            }
        }
    }

    /// <summary>Rung 2: vector dot products, four outputs of a row at a time; limited by its two loads for each multiply-add.</summary>
    public static void Vectorised(LinearShape shape, float* x, float* w, float* y)
    {
        for (int r = 0; r < shape.Rows; r++)
        {
            float* row = x + ((nint)r * shape.In);
            for (int o = 0; o + 4 <= shape.Out; o += 4)
            {
                Dot4(row, w + ((nint)o * shape.In), shape.In, y + ((nint)r * shape.Out) + o);
            }
        }
    }

    /// <summary>Rung 3: the register tile over packed panels, but no blocks of depth and no strips: panels fall out of the near caches.</summary>
    public static void PackedUnblocked(LinearShape shape, float* x, float* panels, float* y)
    {
        LeftLayout layout = LeftLayout.Plain(shape.In, 1);
        for (int r = 0; r + Avx2Kernel.Rows <= shape.Rows; r += Avx2Kernel.Rows)
        {
            for (int o = 0; o + Avx2Kernel.Columns <= shape.Out; o += Avx2Kernel.Columns)
            {
                Avx2Kernel.Multiply(x + ((nint)r * shape.In), &layout, Avx2Kernel.Rows, panels + ((nint)o * shape.In), 0, shape.In, y + ((nint)r * shape.Out) + o, shape.Out, false, null);
            }
        }
    }

    private static void Dot4(float* x, float* w, int length, float* y)
    {
        Vector256<float> s0 = default, s1 = default, s2 = default, s3 = default;
        for (int i = 0; i + 8 <= length; i += 8)
        {
            Vector256<float> v = Vector256.Load(x + i);
            s0 = Vector256.FusedMultiplyAdd(v, Vector256.Load(w + i), s0);
            s1 = Vector256.FusedMultiplyAdd(v, Vector256.Load(w + length + i), s1);
            s2 = Vector256.FusedMultiplyAdd(v, Vector256.Load(w + (2 * length) + i), s2);
            s3 = Vector256.FusedMultiplyAdd(v, Vector256.Load(w + (3 * length) + i), s3);
        }

        y[0] = Vector256.Sum(s0);
        y[1] = Vector256.Sum(s1);
        y[2] = Vector256.Sum(s2);
        y[3] = Vector256.Sum(s3);
    }
}
