using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Lazuli.Numerics;

/// <summary>
/// AdamW (Loshchilov and Hutter 2019) in one pass: <c>g = clip·g</c>, <c>m = β₁m + (1−β₁)g</c>, <c>v = β₂v + (1−β₂)g²</c>,
/// <c>θ = θ − η·((m/(1−β₁ᵗ)) / (√(v/(1−β₂ᵗ)) + ε) + λθ)</c>.
/// </summary>
/// <remarks>
/// Shapes: all [N]. The corrections 1/(1−βᵗ) are computed in double and rounded once; every other operation rounds in the order written, nothing fused.
/// Reads four streams and writes three: bound by memory. Elementwise: bits depend on the element alone.
/// </remarks>
internal unsafe struct AdamWJob(AdamWStep step, float clip, float* parameters, float* gradients, float* first, float* second, long length) : ITileJob
{
    public const int Chunk = 8192;

    private readonly float _correction1 = (float)(1 / (1 - Math.Pow(step.Beta1, step.Step)));
    private readonly float _correction2 = (float)(1 / (1 - Math.Pow(step.Beta2, step.Step)));

    public static int TilesOf(long length) => checked((int)((length + Chunk - 1) / Chunk));

    public readonly void Execute(int tile, int worker)
    {
        long start = (long)tile * Chunk;
        int count = (int)Math.Min(Chunk, length - start);
        float* p = parameters + start;
        float* g = gradients + start;
        float* m = first + start;
        float* v = second + start;
        int i = 0;
        for (; i <= count - 8; i += 8)
        {
            (Vector256<float> np, Vector256<float> nm, Vector256<float> nv) = Update(Vector256.Load(p + i), Vector256.Load(g + i), Vector256.Load(m + i), Vector256.Load(v + i));
            np.Store(p + i);
            nm.Store(m + i);
            nv.Store(v + i);
        }

        if (i < count)
        {
            int rest = count - i;
            (Vector256<float> np, Vector256<float> nm, Vector256<float> nv) = Update(
                VectorMath.LoadPartial(p + i, rest), VectorMath.LoadPartial(g + i, rest), VectorMath.LoadPartial(m + i, rest), VectorMath.LoadPartial(v + i, rest));
            VectorMath.StorePartial(np, p + i, rest);
            VectorMath.StorePartial(nm, m + i, rest);
            VectorMath.StorePartial(nv, v + i, rest);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly (Vector256<float> P, Vector256<float> M, Vector256<float> V) Update(Vector256<float> p, Vector256<float> g, Vector256<float> m, Vector256<float> v)
    {
        Vector256<float> clipped = g * Vector256.Create(clip);
        Vector256<float> nextM = (m * Vector256.Create(step.Beta1)) + (clipped * Vector256.Create(1f - step.Beta1));
        Vector256<float> nextV = (v * Vector256.Create(step.Beta2)) + (clipped * clipped * Vector256.Create(1f - step.Beta2));
        Vector256<float> denominator = Vector256.Sqrt(nextV * Vector256.Create(_correction2)) + Vector256.Create(step.Epsilon);
        Vector256<float> update = (nextM * Vector256.Create(_correction1) / denominator) + (p * Vector256.Create(step.WeightDecay));
        return (p - (update * Vector256.Create(step.LearningRate)), nextM, nextV);
    }
}
