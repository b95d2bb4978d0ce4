using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Lazuli.Numerics;

/// <summary>Functions on eight floats at a time, shared by all kernels: exponentials, sigmoid, sums in a fixed order.</summary>
/// <remarks>
/// <para>Eight lanes on every machine (two halves where 256-bit vectors are missing), so a result's lane layout never depends on hardware.
/// <see cref="MultiplyAdd"/> rounds once where the hardware fuses and twice elsewhere: the one reason why instruction tiers may differ in bits.</para>
/// <para>Error bounds are relative to the exact value of the float argument and are tested: exponential <see cref="ExpMaxRelativeError"/>.</para>
/// </remarks>
internal static unsafe class VectorMath
{
    /// <summary>Bound on the relative error of <see cref="Exp"/>: under two units of the last place (2·2⁻²³).</summary>
    public const float ExpMaxRelativeError = 2.4e-7f;

    /// <summary>Below this <see cref="Exp"/> gives 0: the result would be no normal number.</summary>
    public const float ExpUnderflow = -87.33f;

    /// <summary>Above this <see cref="Exp"/> gives +∞, a little before the true overflow at 88.72.</summary>
    public const float ExpOverflow = 88.37f;

    /// <summary>log₂ e.</summary>
    public const float Log2OfE = 1.44269504f;

    /// <summary>ln 2.</summary>
    public const float Ln2 = 0.693147181f;

    /// <summary>Bound on the relative error of <see cref="Exp2Bounded"/> where the result is not 0.</summary>
    public const float Exp2MaxRelativeError = 2.4e-7f;

    private const float RoundingShift = 12582912f; // 1.5·2²³: adding it leaves the nearest integer in the low mantissa bits
    private const float BiasedShift = RoundingShift + 127f; // and then the low bits are a float's exponent field
    private const float Ln2High = 0.693359375f; // few bits, so n·Ln2High is exact without FMA too (Cody and Waite)
    private const float Ln2Low = -2.12194440e-4f;

    /// <summary>True where a multiply-add is one instruction.</summary>
    public static bool HasFusedMultiplyAdd
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Fma.IsSupported || AdvSimd.IsSupported;
    }

    /// <summary><c>a·b + c</c>, fused where the hardware fuses; the software fallback of a fused one is some 20 times slower than two roundings.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> MultiplyAdd(Vector256<float> a, Vector256<float> b, Vector256<float> c) =>
        Fma.IsSupported ? Fma.MultiplyAdd(a, b, c) : AdvSimd.IsSupported ? Vector256.FusedMultiplyAdd(a, b, c) : (a * b) + c;

    /// <summary>eˣ for x ≤ <see cref="ExpOverflow"/>; 0 below <see cref="ExpUnderflow"/> and for −∞; NaN stays NaN. Above the bound unspecified.</summary>
    /// <remarks>
    /// x = n·ln 2 + r, |r| ≤ ln 2 / 2; eʳ by a polynomial of degree 7 in r (coefficients of Cephes' expf, Moshier 1992); times 2ⁿ by exponent bits.
    /// What softmax, sigmoid and cross-entropy need: their arguments are differences to a maximum, or −|x|.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> ExpBounded(Vector256<float> x)
    {
        Vector256<float> shifted = MultiplyAdd(x, Vector256.Create(Log2OfE), Vector256.Create(RoundingShift));
        Vector256<float> n = shifted - Vector256.Create(RoundingShift);
        Vector256<float> r = MultiplyAdd(n, Vector256.Create(-Ln2High), x);
        r = MultiplyAdd(n, Vector256.Create(-Ln2Low), r);
        Vector256<float> p = Vector256.Create(1.9875691500e-4f);
        p = MultiplyAdd(p, r, Vector256.Create(1.3981999507e-3f));
        p = MultiplyAdd(p, r, Vector256.Create(8.3334519073e-3f));
        p = MultiplyAdd(p, r, Vector256.Create(4.1665795894e-2f));
        p = MultiplyAdd(p, r, Vector256.Create(1.6666665459e-1f));
        p = MultiplyAdd(p, r, Vector256.Create(5.0000001201e-1f));
        p = MultiplyAdd(p, r * r, r) + Vector256.Create(1f);

        // The shift's own bits vanish to the left; what remains is n in the exponent's place.
        Vector256<float> scale = (Vector256.ShiftLeft(shifted.AsInt32(), 23) + Vector256.Create(0x3F800000)).AsSingle();
        return Vector256.AndNot(p * scale, Vector256.LessThan(x, Vector256.Create(ExpUnderflow)));
    }

    /// <summary>eˣ for any x: as <see cref="ExpBounded"/>, and +∞ above <see cref="ExpOverflow"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Exp(Vector256<float> x) =>
        Vector256.ConditionalSelect(Vector256.GreaterThan(x, Vector256.Create(ExpOverflow)), Vector256.Create(float.PositiveInfinity), ExpBounded(x));

    /// <summary>2ˣ for x ≤ 127.5; 0 below −126 and for −∞; NaN stays NaN. +∞ from there to 128, above unspecified.</summary>
    /// <remarks>
    /// x = n + r exactly, |r| ≤ ½; 2ʳ by a polynomial of degree 6 (coefficients of Cephes' exp2f, Moshier 1992); times 2ⁿ by exponent bits.
    /// Six instructions less than <see cref="ExpBounded"/>: softmax and sigmoid put log₂ e into a factor that they have anyway.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Exp2Bounded(Vector256<float> x) =>
        Vector256.AndNot(Exp2InRange(x), Vector256.LessThan(x, Vector256.Create(-126f)));

    /// <summary>2ˣ for −126 ≤ x ≤ 127.5, +∞ from there to 128; NaN stays NaN; elsewhere unspecified.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Exp2InRange(Vector256<float> x)
    {
        Vector256<float> shifted = x + Vector256.Create(BiasedShift);
        Vector256<float> r = x - (shifted - Vector256.Create(BiasedShift));
        Vector256<float> p = Vector256.Create(1.535336188319500e-4f);
        p = MultiplyAdd(p, r, Vector256.Create(1.339887440266574e-3f));
        p = MultiplyAdd(p, r, Vector256.Create(9.618437357674640e-3f));
        p = MultiplyAdd(p, r, Vector256.Create(5.550332471162809e-2f));
        p = MultiplyAdd(p, r, Vector256.Create(2.402264791363012e-1f));
        p = MultiplyAdd(p, r, Vector256.Create(6.931472028550421e-1f));
        p = MultiplyAdd(p, r, Vector256.Create(1f));
        return p * Vector256.ShiftLeft(shifted.AsInt32(), 23).AsSingle();
    }

    /// <summary><c>1 + 2ᵗ</c> with t bounded to where it is a number or +∞, so that <c>x/(1 + 2ᵗ)</c> runs from x to 0 without a branch. NaN stays NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> OnePlusExp2(Vector256<float> t)
    {
        // The bound comes first: where an operand is NaN the hardware's minimum and maximum answer the second one.
        Vector256<float> bounded = Vector256.MinNative(Vector256.Create(128f), Vector256.MaxNative(Vector256.Create(-126f), t));
        return Exp2InRange(bounded) + Vector256.Create(1f);
    }

    /// <summary><c>1/(1 + e⁻ˣ)</c>, 0 and 1 at the ends.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Sigmoid(Vector256<float> x) => Vector256.Create(1f) / OnePlusExp2(x * Vector256.Create(-Log2OfE));

    /// <summary>Sum of eight lanes as <c>((0+4)+(2+6)) + ((1+5)+(3+7))</c>, on every machine.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Vector256<float> v)
    {
        Vector128<float> four = v.GetLower() + v.GetUpper();
        return (four[0] + four[2]) + (four[1] + four[3]);
    }

    /// <summary>Largest of eight lanes; NaN if a lane is NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Max(Vector256<float> v)
    {
        Vector128<float> four = Vector128.Max(v.GetLower(), v.GetUpper());
        return MathF.Max(MathF.Max(four[0], four[2]), MathF.Max(four[1], four[3]));
    }

    /// <summary>The first <paramref name="count"/> (1..7) floats at <paramref name="p"/>, zeros behind them; reads nothing past them.</summary>
    public static Vector256<float> LoadPartial(float* p, int count)
    {
        float* lanes = stackalloc float[8];
        Vector256<float>.Zero.Store(lanes);
        for (int i = 0; i < count; i++)
        {
            lanes[i] = p[i];
        }

        return Vector256.Load(lanes);
    }

    /// <summary>Writes the first <paramref name="count"/> (1..7) lanes and nothing past them.</summary>
    public static void StorePartial(Vector256<float> v, float* p, int count)
    {
        float* lanes = stackalloc float[8];
        v.Store(lanes);
        for (int i = 0; i < count; i++)
        {
            p[i] = lanes[i];
        }
    }
}
