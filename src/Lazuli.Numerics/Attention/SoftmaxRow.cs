using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Lazuli.Numerics;

/// <summary>Softmax parts of one row of scores in powers of two. Rows are padded to whole vectors that may be read; lanes from <c>count</c> on are masked.</summary>
internal static unsafe class SoftmaxRow
{
    /// <summary>Largest of the first <paramref name="count"/> scores and <paramref name="floor"/>.</summary>
    public static float Max(float* scores, int count, float floor)
    {
        var max = Vector256.Create(floor);
        int i = 0;
        for (; i <= count - 8; i += 8)
        {
            max = Vector256.MaxNative(max, Vector256.Load(scores + i));
        }

        if (i < count)
        {
            max = Vector256.MaxNative(max, Vector256.ConditionalSelect(Mask(count - i), Vector256.Load(scores + i), Vector256.Create(floor)));
        }

        return VectorMath.Max(max);
    }

    /// <summary>Replaces scores by <c>2^(score − max)</c>, lanes from <paramref name="count"/> to <paramref name="padded"/> by 0, and returns the sum, lane j holding the elements ≡ j (mod 8).</summary>
    public static float Exponentials(float* scores, int count, int padded, float max)
    {
        var m = Vector256.Create(max);
        Vector256<float> sum = Vector256<float>.Zero;
        int i = 0;
        for (; i <= count - 8; i += 8)
        {
            Vector256<float> p = VectorMath.Exp2Bounded(Vector256.Load(scores + i) - m);
            p.Store(scores + i);
            sum += p;
        }

        if (i < count)
        {
            Vector256<float> p = VectorMath.Exp2Bounded(Vector256.Load(scores + i) - m) & Mask(count - i);
            p.Store(scores + i);
            sum += p;
            i += 8;
        }

        for (; i < padded; i += 8)
        {
            Vector256<float>.Zero.Store(scores + i);
        }

        return VectorMath.Sum(sum);
    }

    /// <summary>All bits in the first <paramref name="count"/> lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Mask(int count) =>
        Vector256.LessThan(Vector256.Create(0, 1, 2, 3, 4, 5, 6, 7), Vector256.Create(count)).AsSingle();
}
