using System.Runtime.Intrinsics;

namespace Lazuli.Numerics;

/// <summary>
/// The elementwise parts of Muon (Jordan 2024) around the products: momentum <c>b = μb + clip·g</c> with the look-ahead
/// <c>x = clip·g + μb</c>, and the update <c>θ = θ − η·(s·x + λθ)</c>.
/// </summary>
/// <remarks>
/// Between the two x is divided by its Frobenius norm and driven towards the nearest orthogonal matrix by <see cref="MuonStep.Iterations"/> steps of
/// <c>x ← a·x + (b·A + c·A²)·x</c>, <c>A = x·xᵀ</c>, with the coefficients below (a quintic Newton–Schulz iteration whose singular
/// values end between about 0.7 and 1.2). Where rows outnumber columns the smaller Gram matrix is <c>xᵀ·x</c> and the factor stands on the right.
/// </remarks>
internal static class MuonCoefficients
{
    public const float A = 3.4445f;
    public const float B = -4.7750f;
    public const float C = 2.0315f;

    /// <summary>Keeps a zero gradient from dividing by zero.</summary>
    public const double NormFloor = 1e-7;
}

/// <summary><c>b = μb + clip·g</c>; <c>x = clip·g + μb</c>. Inputs a = g, b = momentum, written in place; x apart.</summary>
internal unsafe struct MuonMomentumJob(float momentumFactor, float clip, float* gradients, float* momentum, float* x, long length) : ITileJob
{
    public readonly void Execute(int tile, int worker)
    {
        long start = (long)tile * AdamWJob.Chunk;
        long end = Math.Min(start + AdamWJob.Chunk, length);
        var mu = Vector256.Create(momentumFactor);
        long i = start;
        for (; i <= end - 8; i += 8)
        {
            Vector256<float> g = Vector256.Load(gradients + i) * Vector256.Create(clip);
            Vector256<float> b = (Vector256.Load(momentum + i) * mu) + g;
            b.Store(momentum + i);
            (g + (b * mu)).Store(x + i);
        }

        for (; i < end; i++)
        {
            float g = gradients[i] * clip;
            momentum[i] = (momentum[i] * momentumFactor) + g;
            x[i] = g + (momentum[i] * momentumFactor);
        }
    }
}

/// <summary><c>y[i] = x[i]·factor</c>.</summary>
internal readonly struct ScaleOperator(float factor) : IElementwiseOperator
{
    public Vector256<float> Invoke(Vector256<float> a, Vector256<float> b) => a * Vector256.Create(factor);
}

/// <summary><c>θ − η·(s·x + λθ)</c> with a = x, b = θ.</summary>
internal readonly struct MuonUpdateOperator(float learningRate, float scale, float weightDecay) : IElementwiseOperator
{
    public Vector256<float> Invoke(Vector256<float> a, Vector256<float> b) =>
        b - (((a * Vector256.Create(scale)) + (b * Vector256.Create(weightDecay))) * Vector256.Create(learningRate));
}
