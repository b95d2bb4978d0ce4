using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Lazuli.Numerics;

/// <summary>Weights of 16 or 32 bits, widened by integer moves: .NET has no instruction for halves.</summary>
internal unsafe interface IFloatFormat
{
    /// <summary>Bytes of a weight.</summary>
    static abstract int Bytes { get; }

    /// <summary>Widening gives the even weights first, then the odd ones: saves the moves that would put them in order.</summary>
    static abstract bool EvenFirst { get; }

    /// <summary>Power of two by which activations are multiplied beforehand.</summary>
    static abstract float InputScale { get; }

    /// <summary>Power of two by which a sum is multiplied in the end.</summary>
    static abstract float OutputScale { get; }

    /// <summary>Sixteen weights, not aligned, as two vectors of floats.</summary>
    static abstract void Widen(byte* weights, out Vector256<float> first, out Vector256<float> second);
}

/// <summary>Binary32 as it is.</summary>
internal readonly unsafe struct Float32Format : IFloatFormat
{
    public static int Bytes => 4;

    public static bool EvenFirst => false;

    public static float InputScale => 1f;

    public static float OutputScale => 1f;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Widen(byte* weights, out Vector256<float> first, out Vector256<float> second)
    {
        first = Vector256.Load((float*)weights);
        second = Vector256.Load((float*)weights + 8);
    }
}

/// <summary>Binary16. Its exponent and mantissa, shifted into a float's place, are the weight times 2⁻¹¹², subnormals too: exact, and no bias is added.</summary>
/// <remarks>
/// The power goes half into the activations and half into the sum, so that neither products nor activations leave a float's range: activations
/// below 2⁶³ are safe. Infinity and NaN do not exist here: they read as numbers above 65,504, so a loader has to refuse them.
/// </remarks>
internal readonly unsafe struct Float16Format : IFloatFormat
{
    public static int Bytes => 2;

    public static bool EvenFirst => true;

    public static float InputScale => 18446744073709551616f; // 2⁶⁴

    public static float OutputScale => 281474976710656f; // 2⁴⁸

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Widen(byte* weights, out Vector256<float> first, out Vector256<float> second)
    {
        // An arithmetic shift by 3 brings the exponent to its place and smears the sign over three bits that the mask clears.
        Vector256<int> pairs = Vector256.Load((int*)weights);
        Vector256<int> mask = Vector256.Create(unchecked((int)0x8FFFE000));
        first = (Avx2.ShiftRightArithmetic(Avx2.ShiftLeftLogical(pairs, 16), 3) & mask).AsSingle();
        second = (Avx2.ShiftRightArithmetic(pairs, 3) & mask).AsSingle();
    }
}

/// <summary>The upper half of binary32.</summary>
internal readonly unsafe struct BFloat16Format : IFloatFormat
{
    public static int Bytes => 2;

    public static bool EvenFirst => true;

    public static float InputScale => 1f;

    public static float OutputScale => 1f;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Widen(byte* weights, out Vector256<float> first, out Vector256<float> second)
    {
        Vector256<int> pairs = Vector256.Load((int*)weights);
        first = Avx2.ShiftLeftLogical(pairs, 16).AsSingle();
        second = (pairs & Vector256.Create(unchecked((int)0xFFFF0000))).AsSingle();
    }
}
