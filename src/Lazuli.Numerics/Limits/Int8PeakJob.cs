using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Lazuli.Numerics;

/// <summary>Products of bytes in registers; a tile is a fixed number of rounds.</summary>
/// <remarks>
/// Unsigned by signed: <c>vpmaddubsw</c> and a 16-bit add for 32 products, which holds only as long as sums fit 16 bits.
/// Signed by signed, of any size: bytes widened beforehand to 16 bits, so two <c>vpmaddwd</c> and two 32-bit adds for 32 products.
/// </remarks>
internal readonly unsafe struct Int8PeakJob(byte* operands, bool signed, long* sink) : ITileJob
{
    private const int Rounds = 1 << 17;
    private const int Vectors = 8;

    /// <summary>Bytes of operands, in the first-level cache: loading them keeps the compiler from moving the products out of the loop.</summary>
    public const int OperandBytes = 32 * Vectors;

    /// <summary>Operations of one tile: of each vector 32 products and 32 additions, or half of that where bytes were widened.</summary>
    public static long OperationsOfTile(bool signed) => (signed ? 32L : 64L) * Vectors * Rounds;

    public void Execute(int tile, int worker) => sink[tile] = signed ? RunSigned((short*)operands) : Run(operands);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static long RunSigned(short* p)
    {
        Vector256<short> v = Vector256.Create((short)1);
        Vector256<int> s0 = default, s1 = default, s2 = default, s3 = default, s4 = default, s5 = default, s6 = default, s7 = default;
        for (int i = 0; i < Rounds; i++)
        {
            s0 += Avx2.MultiplyAddAdjacent(Vector256.Load(p), v);
            s1 += Avx2.MultiplyAddAdjacent(Vector256.Load(p + 16), v);
            s2 += Avx2.MultiplyAddAdjacent(Vector256.Load(p + 32), v);
            s3 += Avx2.MultiplyAddAdjacent(Vector256.Load(p + 48), v);
            s4 += Avx2.MultiplyAddAdjacent(Vector256.Load(p + 64), v);
            s5 += Avx2.MultiplyAddAdjacent(Vector256.Load(p + 80), v);
            s6 += Avx2.MultiplyAddAdjacent(Vector256.Load(p + 96), v);
            s7 += Avx2.MultiplyAddAdjacent(Vector256.Load(p + 112), v);
        }

        return Vector256.Sum(s0 + s1 + s2 + s3 + s4 + s5 + s6 + s7);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static long Run(byte* p)
    {
        Vector256<sbyte> v = Vector256.Create((sbyte)1);
        Vector256<short> s0 = default, s1 = default, s2 = default, s3 = default, s4 = default, s5 = default, s6 = default, s7 = default;
        for (int i = 0; i < Rounds; i++)
        {
            s0 += Avx2.MultiplyAddAdjacent(Avx.LoadVector256(p), v);
            s1 += Avx2.MultiplyAddAdjacent(Avx.LoadVector256(p + 32), v);
            s2 += Avx2.MultiplyAddAdjacent(Avx.LoadVector256(p + 64), v);
            s3 += Avx2.MultiplyAddAdjacent(Avx.LoadVector256(p + 96), v);
            s4 += Avx2.MultiplyAddAdjacent(Avx.LoadVector256(p + 128), v);
            s5 += Avx2.MultiplyAddAdjacent(Avx.LoadVector256(p + 160), v);
            s6 += Avx2.MultiplyAddAdjacent(Avx.LoadVector256(p + 192), v);
            s7 += Avx2.MultiplyAddAdjacent(Avx.LoadVector256(p + 224), v);
        }

        return Vector256.Sum(s0 + s1 + s2 + s3 + s4 + s5 + s6 + s7);
    }
}
