using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Lazuli.Numerics;

/// <summary>Products of small integers added to 32-bit sums: one instruction where the processor has the "vector neural network instructions", two or three with AVX2. The same sums to the bit.</summary>
internal static class IntegerDot
{
    /// <summary>Whether products of bytes go into 32-bit sums at once, so that kernels need not keep 16-bit sums.</summary>
    public static bool AddsBytesAtOnce
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => AvxVnni.IsSupported;
    }

    /// <summary>Lane i of the result is <c>sum[i] + Σ_{j&lt;2} a[2i + j] · b[2i + j]</c>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> AddWords(Vector256<int> sum, Vector256<short> a, Vector256<short> b) =>
        AvxVnni.IsSupported ? AvxVnni.MultiplyWideningAndAdd(sum, a, b) : sum + Avx2.MultiplyAddAdjacent(a, b);

    /// <summary>Lane i of the result is <c>sum[i] + Σ_{j&lt;4} a[4i + j] · b[4i + j]</c>. Two neighbouring products fit 16 bits together: a is below 129.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> AddBytes(Vector256<int> sum, Vector256<byte> a, Vector256<sbyte> b) =>
        AvxVnni.IsSupported ? AvxVnni.MultiplyWideningAndAdd(sum, a, b) : sum + Avx2.MultiplyAddAdjacent(Avx2.MultiplyAddAdjacent(a, b), Vector256.Create((short)1));
}
