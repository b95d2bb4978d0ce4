using System.Runtime.Intrinsics;

namespace Lazuli.Numerics;

/// <summary><c>y[i] = y[i] + alpha·x[i]</c>, rounded twice on every machine.</summary>
internal readonly struct AddScaledOperator(float alpha) : IElementwiseOperator
{
    public Vector256<float> Invoke(Vector256<float> a, Vector256<float> b) => b + (a * Vector256.Create(alpha));
}

/// <summary><c>y[i] = value</c>.</summary>
internal readonly struct FillOperator(float value) : IElementwiseOperator
{
    public Vector256<float> Invoke(Vector256<float> a, Vector256<float> b) => Vector256.Create(value);
}
