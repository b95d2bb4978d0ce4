using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Lazuli.Numerics;

/// <summary>GELU, tanh form (Hendrycks and Gimpel 2016): <c>0.5x(1 + tanh u) = x·σ(2u) = x/(1 + e^(−2u))</c>, <c>u = √(2/π)(x + 0.044715x³)</c>.</summary>
/// <remarks>The last form has no cancellation near tanh = −1 and costs one exponential and one division.</remarks>
internal readonly struct GeluOperator : IElementwiseOperator
{
    internal const float TwoRootTwoOverPi = 1.5957691216057308f;
    internal const float Cubic = 0.044715f;
    private const float Slope = -TwoRootTwoOverPi * VectorMath.Log2OfE;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector256<float> Invoke(Vector256<float> a, Vector256<float> b) => a / OnePlusExponential(a);

    /// <summary><c>1 + e^(−2u(x))</c>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector256<float> OnePlusExponential(Vector256<float> x) =>
        VectorMath.OnePlusExp2(x * VectorMath.MultiplyAdd(x * x, Vector256.Create(Slope * Cubic), Vector256.Create(Slope)));
}

/// <summary>Backward of <see cref="GeluOperator"/>: <c>dx = dy·(s + x·s·(1 − s)·2u'(x))</c>, s = σ(2u), <c>u' = √(2/π)(1 + 3·0.044715x²)</c>. Inputs a = x, b = dy.</summary>
/// <remarks>Far from 0 the second term is exactly 0: s or 1 − s vanishes before x³ grows large, and x is bounded there so that 0·∞ cannot arise.</remarks>
internal readonly struct GeluBackwardOperator : IElementwiseOperator
{
    private const float Bound = 1e6f;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector256<float> Invoke(Vector256<float> a, Vector256<float> b)
    {
        Vector256<float> gate = Vector256.Create(1f) / GeluOperator.OnePlusExponential(a);
        Vector256<float> x = Vector256.MinNative(Vector256.Create(Bound), Vector256.MaxNative(Vector256.Create(-Bound), a));
        Vector256<float> slope = VectorMath.MultiplyAdd(
            x * x,
            Vector256.Create(3 * GeluOperator.TwoRootTwoOverPi * GeluOperator.Cubic),
            Vector256.Create(GeluOperator.TwoRootTwoOverPi));
        Vector256<float> bend = gate * (Vector256.Create(1f) - gate);
        return b * VectorMath.MultiplyAdd(bend, x * slope, gate);
    }
}
