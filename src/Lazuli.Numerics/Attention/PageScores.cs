using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Lazuli.Numerics;

/// <summary>Scores of query rows against the keys of one page: <c>s[r,j] = Σ_d q[r,d]·k[j,d]</c>, keys read as they lie.</summary>
/// <remarks>
/// Order of a score: lane i of eight sums d ≡ i (mod 8) ascending, then
/// <c>((0+1)+(2+3)) + ((4+5)+(6+7))</c>. Three rows by four keys fill the registers; one row by four keys gives the same bits.
/// </remarks>
internal static unsafe class PageScores
{
    /// <summary>Scores of <paramref name="rows"/> rows against keys 0..<paramref name="count"/>−1, written with up to three undefined ones behind.</summary>
    /// <remarks><paramref name="width"/> is the head size, padded by zeros to a multiple of eight on both sides; rows lie <paramref name="queryRow"/>, <paramref name="keyRow"/>, <paramref name="scoreRow"/> apart.</remarks>
    public static void Compute(float* queries, int queryRow, int rows, float* keys, nint keyRow, int count, int width, float* scores, int scoreRow)
    {
        for (int j = 0; j < count; j += 4)
        {
            // Behind the last key the last key is read again: memory that exists, results that nobody reads.
            float* k0 = keys + (j * keyRow);
            float* k1 = keys + (Math.Min(j + 1, count - 1) * keyRow);
            float* k2 = keys + (Math.Min(j + 2, count - 1) * keyRow);
            float* k3 = keys + (Math.Min(j + 3, count - 1) * keyRow);
            int r = 0;
            for (; r <= rows - 3; r += 3)
            {
                float* q = queries + (r * queryRow);
                Three(q, q + queryRow, q + (2 * queryRow), k0, k1, k2, k3, width, scores + (r * scoreRow) + j, scoreRow);
            }

            for (; r < rows; r++)
            {
                One(queries + (r * queryRow), k0, k1, k2, k3, width, scores + (r * scoreRow) + j);
            }
        }
    }

    private static void Three(float* q0, float* q1, float* q2, float* k0, float* k1, float* k2, float* k3, int width, float* scores, int scoreRow)
    {
        Vector256<float> a0, a1, a2, a3, b0, b1, b2, b3, c0, c1, c2, c3;
        a0 = a1 = a2 = a3 = b0 = b1 = b2 = b3 = c0 = c1 = c2 = c3 = Vector256<float>.Zero;
        for (nint d = 0; d < width; d += 8)
        {
            Vector256<float> x = Vector256.Load(q0 + d);
            Vector256<float> y = Vector256.Load(q1 + d);
            Vector256<float> z = Vector256.Load(q2 + d);
            Vector256<float> k = Vector256.Load(k0 + d);
            a0 = VectorMath.MultiplyAdd(x, k, a0);
            b0 = VectorMath.MultiplyAdd(y, k, b0);
            c0 = VectorMath.MultiplyAdd(z, k, c0);
            k = Vector256.Load(k1 + d);
            a1 = VectorMath.MultiplyAdd(x, k, a1);
            b1 = VectorMath.MultiplyAdd(y, k, b1);
            c1 = VectorMath.MultiplyAdd(z, k, c1);
            k = Vector256.Load(k2 + d);
            a2 = VectorMath.MultiplyAdd(x, k, a2);
            b2 = VectorMath.MultiplyAdd(y, k, b2);
            c2 = VectorMath.MultiplyAdd(z, k, c2);
            k = Vector256.Load(k3 + d);
            a3 = VectorMath.MultiplyAdd(x, k, a3);
            b3 = VectorMath.MultiplyAdd(y, k, b3);
            c3 = VectorMath.MultiplyAdd(z, k, c3);
        }

        FourSums(a0, a1, a2, a3).Store(scores);
        FourSums(b0, b1, b2, b3).Store(scores + scoreRow);
        FourSums(c0, c1, c2, c3).Store(scores + (2 * scoreRow));
    }

    private static void One(float* q, float* k0, float* k1, float* k2, float* k3, int width, float* scores)
    {
        Vector256<float> a0, a1, a2, a3;
        a0 = a1 = a2 = a3 = Vector256<float>.Zero;
        for (nint d = 0; d < width; d += 8)
        {
            Vector256<float> x = Vector256.Load(q + d);
            a0 = VectorMath.MultiplyAdd(x, Vector256.Load(k0 + d), a0);
            a1 = VectorMath.MultiplyAdd(x, Vector256.Load(k1 + d), a1);
            a2 = VectorMath.MultiplyAdd(x, Vector256.Load(k2 + d), a2);
            a3 = VectorMath.MultiplyAdd(x, Vector256.Load(k3 + d), a3);
        }

        FourSums(a0, a1, a2, a3).Store(scores);
    }

    /// <summary>Four sums over eight lanes, each <c>((0+1)+(2+3)) + ((4+5)+(6+7))</c>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> FourSums(Vector256<float> a, Vector256<float> b, Vector256<float> c, Vector256<float> d)
    {
        if (Avx.IsSupported)
        {
            Vector256<float> halves = Avx.HorizontalAdd(Avx.HorizontalAdd(a, b), Avx.HorizontalAdd(c, d));
            return halves.GetLower() + halves.GetUpper();
        }

        return Vector128.Create(PairwiseSum(a), PairwiseSum(b), PairwiseSum(c), PairwiseSum(d));
    }

    private static float PairwiseSum(Vector256<float> v) => ((v[0] + v[1]) + (v[2] + v[3])) + ((v[4] + v[5]) + (v[6] + v[7]));
}
