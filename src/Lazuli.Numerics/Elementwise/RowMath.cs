using System.Runtime.Intrinsics;

namespace Lazuli.Numerics;

/// <summary>Small loops over one row that several operators share. None fuses, so all round alike on every machine.</summary>
internal static unsafe class RowMath
{
    /// <summary><c>y[i] += x[i]</c>.</summary>
    public static void Add(float* x, float* y, int count)
    {
        int i = 0;
        for (; i <= count - 8; i += 8)
        {
            (Vector256.Load(y + i) + Vector256.Load(x + i)).Store(y + i);
        }

        for (; i < count; i++)
        {
            y[i] += x[i];
        }
    }

    /// <summary>Σ x. Lane j of sixteen holds the elements i with i ≡ j (mod 16); lanes j and j+8 are added, then <see cref="VectorMath.Sum"/>, then the rest in order.</summary>
    public static float Sum(float* x, int count)
    {
        Vector256<float> low = Vector256<float>.Zero;
        Vector256<float> high = Vector256<float>.Zero;
        int i = 0;
        for (; i <= count - 16; i += 16)
        {
            low += Vector256.Load(x + i);
            high += Vector256.Load(x + i + 8);
        }

        float total = VectorMath.Sum(low + high);
        for (; i < count; i++)
        {
            total += x[i];
        }

        return total;
    }

    /// <summary>Σ (x − shift)², lanes as in <see cref="Sum"/>.</summary>
    public static float SumOfSquares(float* x, float shift, int count)
    {
        var s = Vector256.Create(shift);
        Vector256<float> low = Vector256<float>.Zero;
        Vector256<float> high = Vector256<float>.Zero;
        int i = 0;
        for (; i <= count - 16; i += 16)
        {
            Vector256<float> a = Vector256.Load(x + i) - s;
            Vector256<float> b = Vector256.Load(x + i + 8) - s;
            low += a * a;
            high += b * b;
        }

        float total = VectorMath.Sum(low + high);
        for (; i < count; i++)
        {
            float a = x[i] - shift;
            total += a * a;
        }

        return total;
    }

    /// <summary>Σ a·b, lanes as in <see cref="Sum"/>.</summary>
    public static float Dot(float* a, float* b, int count)
    {
        Vector256<float> low = Vector256<float>.Zero;
        Vector256<float> high = Vector256<float>.Zero;
        int i = 0;
        for (; i <= count - 16; i += 16)
        {
            low += Vector256.Load(a + i) * Vector256.Load(b + i);
            high += Vector256.Load(a + i + 8) * Vector256.Load(b + i + 8);
        }

        float total = VectorMath.Sum(low + high);
        for (; i < count; i++)
        {
            total += a[i] * b[i];
        }

        return total;
    }
}
