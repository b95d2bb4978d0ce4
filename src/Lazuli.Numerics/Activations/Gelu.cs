using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Lazuli.Numerics;

/// <summary>GELU, tanh form (Hendrycks and Gimpel 2016): <c>0.5x(1 + tanh u) = x·σ(2u)</c>, <c>u = √(2/π)(x + 0.044715x³)</c>.</summary>
/// <remarks>The sigmoid form has no cancellation near tanh = −1 and costs one exponential and one division.</remarks>
internal readonly struct GeluOperator : IElementwiseOperator
{
    internal const float TwoRootTwoOverPi = 1.5957691216057308f;
    internal const float Cubic = 0.044715f;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector256<float> Invoke(Vector256<float> a, Vector256<float> b) => a * Gate(a);

    /// <summary><c>σ(2u(x))</c>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector256<float> Gate(Vector256<float> x)
    {
        Vector256<float> slope = VectorMath.MultiplyAdd(x * x, Vector256.Create(TwoRootTwoOverPi * Cubic), Vector256.Create(TwoRootTwoOverPi));
        return VectorMath.Sigmoid(x * slope);
    }
}

/// <summary>Backward of <see cref="GeluOperator"/>: <c>dx = dy·(s + x·s·(1 − s)·2u'(x))</c>, s = σ(2u), <c>u' = √(2/π)(1 + 3·0.044715x²)</c>. Inputs a = x, b = dy.</summary>
/// <remarks>For |x| beyond 10 the second term is exactly 0 or lost: s(1 − s) falls faster than x³ grows, and the square is bounded so that 0·∞ cannot arise.</remarks>
internal readonly struct GeluBackwardOperator : IElementwiseOperator
{
    private const float Bound = 1e6f;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector256<float> Invoke(Vector256<float> a, Vector256<float> b)
    {
        Vector256<float> gate = GeluOperator.Gate(a);
        Vector256<float> x = Vector256.Min(Vector256.Max(a, Vector256.Create(-Bound)), Vector256.Create(Bound));
        Vector256<float> slope = VectorMath.MultiplyAdd(
            x * x,
            Vector256.Create(3 * GeluOperator.TwoRootTwoOverPi * GeluOperator.Cubic),
            Vector256.Create(GeluOperator.TwoRootTwoOverPi));
        Vector256<float> bend = gate * (Vector256.Create(1f) - gate) * (x * slope);
        return b * (gate + bend);
    }
}
