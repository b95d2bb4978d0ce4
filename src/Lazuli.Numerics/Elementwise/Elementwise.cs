using System.Runtime.Intrinsics;

namespace Lazuli.Numerics;

/// <summary>A function of eight elements at a time; the vector form is the specification of a single element too.</summary>
internal interface IElementwiseOperator
{
    /// <summary>Element-wise result from the inputs <paramref name="a"/>, <paramref name="b"/> (b = a for one input).</summary>
    Vector256<float> Invoke(Vector256<float> a, Vector256<float> b);
}

/// <summary>One loop for every elementwise operator: <c>y[i] = op(a[i], b[i])</c>.</summary>
/// <remarks>
/// A chunk's last elements go through the same vector code from a padded copy, so element i's bits depend on its inputs alone.
/// <c>y</c> may be <c>a</c> or <c>b</c> itself: each vector is read before it is written.
/// </remarks>
internal unsafe struct ElementwiseJob<TOperator>(TOperator op, float* a, float* b, float* y, long length) : ITileJob
    where TOperator : unmanaged, IElementwiseOperator
{
    public const int Chunk = 8192;

    private readonly TOperator _op = op;

    public static int TilesOf(long length) => checked((int)((length + Chunk - 1) / Chunk));

    public readonly void Execute(int tile, int worker)
    {
        long start = (long)tile * Chunk;
        int count = (int)Math.Min(Chunk, length - start);
        Run(_op, a + start, b + start, y + start, count);
    }

    private static void Run(TOperator op, float* a, float* b, float* y, int count)
    {
        int i = 0;
        for (; i <= count - 8; i += 8)
        {
            op.Invoke(Vector256.Load(a + i), Vector256.Load(b + i)).Store(y + i);
        }

        if (i < count)
        {
            int rest = count - i;
            VectorMath.StorePartial(op.Invoke(VectorMath.LoadPartial(a + i, rest), VectorMath.LoadPartial(b + i, rest)), y + i, rest);
        }
    }
}
