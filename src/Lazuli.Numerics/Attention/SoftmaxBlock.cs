using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Lazuli.Numerics;

/// <summary>Softmax parts of one register block: six rows of scores in powers of two, <see cref="AttentionPlan.KeyTile"/> floats apart.</summary>
/// <remarks>
/// Row i sees the first <c>firstVisible + i</c> keys; those behind, up to the padded width, are masked first, so that all rows then run alike.
/// Where documents share a row of tokens it does not see the first <c>hidden[i]</c> keys either. They get <see cref="Hidden"/>, which is finite: a row may see
/// nothing of a tile, and what such a tile adds is multiplied by α = 0 as soon as a key is seen.
/// Sums of a row: lane j of eight holds the keys ≡ j (mod 8), then <c>((0+2)+(1+3)) + ((4+6)+(5+7))</c>, on every machine.
/// </remarks>
internal static unsafe class SoftmaxBlock
{
    /// <summary>Floats of working memory.</summary>
    public const int WorkLength = 64;

    private const int Rows = AttentionTile.BlockRows;
    private const int Stride = AttentionPlan.KeyTile;
    private const float Hidden = -1e30f;

    /// <summary>Takes the block into the running maximum m and sum l: <c>m' = max(m, max s)</c>, <c>α = 2^(m − m')</c>, <c>s ← 2^(s − m')</c>, <c>l ← α·l + Σs</c>.</summary>
    public static void Forward(float* scores, int firstVisible, int width, int* hidden, float* max, float* sum, float* alpha, float* work)
    {
        int padded = (width + 7) & ~7;
        Mask(scores, firstVisible, padded);
        Hide(scores, hidden, padded);
        for (int i = 0; i < Rows; i++)
        {
            float* row = scores + (i * Stride);
            Vector256<float> rowMax = Vector256.Load(row);
            for (int c = 8; c < padded; c += 8)
            {
                rowMax = Vector256.MaxNative(rowMax, Vector256.Load(row + c)); // a NaN that gets lost here comes back by its exponential
            }

            rowMax.Store(work + (8 * i));
        }

        Vector256<float> old = Vector256.Load(max);
        Vector256<float> next = Vector256.MaxNative(old, MaximaOfRows(work));
        Vector256<float> factor = VectorMath.Exp2Bounded(old - next);
        next.Store(max);
        factor.Store(alpha);
        for (int i = 0; i < Rows; i++)
        {
            float* row = scores + (i * Stride);
            var m = Vector256.Create(max[i]);
            Vector256<float> rowSum = Vector256<float>.Zero;
            for (int c = 0; c < padded; c += 8)
            {
                Vector256<float> p = VectorMath.Exp2Bounded(Vector256.Load(row + c) - m);
                p.Store(row + c);
                rowSum += p;
            }

            rowSum.Store(work + (8 * i));
        }

        ((Vector256.Load(sum) * factor) + SumsOfRows(work)).Store(sum);
    }

    /// <summary>Backward: <c>p = 2^(s − L)</c> over the scores and <c>ds = p·(dp − δ)</c> over dp; both 0 where masked.</summary>
    public static void Backward(float* scores, float* dp, int firstVisible, int width, int* hidden, float* logSumExp, float* delta)
    {
        int padded = (width + 7) & ~7;
        Mask(scores, firstVisible, padded);
        Hide(scores, hidden, padded);
        for (int i = 0; i < Rows; i++)
        {
            float* row = scores + (i * Stride);
            float* slope = dp + (i * Stride);
            var l = Vector256.Create(logSumExp[i]);
            var d = Vector256.Create(delta[i]);
            for (int c = 0; c < padded; c += 8)
            {
                Vector256<float> p = VectorMath.Exp2Bounded(Vector256.Load(row + c) - l);
                p.Store(row + c);
                (p * (Vector256.Load(slope + c) - d)).Store(slope + c);
            }
        }
    }

    /// <summary>−∞ for the keys that a row does not see.</summary>
    private static void Mask(float* scores, int firstVisible, int padded)
    {
        for (int i = 0; i < Rows && firstVisible + i < padded; i++)
        {
            float* row = scores + (i * Stride);
            for (int c = firstVisible + i; c < padded; c++)
            {
                row[c] = float.NegativeInfinity;
            }
        }
    }

    /// <summary><see cref="Hidden"/> for the keys before those that a row sees; a negative count hides none.</summary>
    private static void Hide(float* scores, int* hidden, int padded)
    {
        for (int i = 0; hidden != null && i < Rows; i++)
        {
            float* row = scores + (i * Stride);
            int count = Math.Min(hidden[i], padded);
            for (int c = 0; c < count; c++)
            {
                row[c] = Hidden;
            }
        }
    }

    /// <summary>Largest of the eight lanes of each of six rows in <paramref name="work"/>; lanes 6 and 7 repeat rows 4 and 5.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> MaximaOfRows(float* work)
    {
        if (!Avx.IsSupported)
        {
            return Vector256.Create(PortableMax(work), PortableMax(work + 8), PortableMax(work + 16), PortableMax(work + 24), PortableMax(work + 32), PortableMax(work + 40), 0f, 0f);
        }

        Vector256<float> a = Vector256.MaxNative(Low(work, 0, 1), High(work, 0, 1));
        Vector256<float> b = Vector256.MaxNative(Low(work, 2, 3), High(work, 2, 3));
        Vector256<float> c = Vector256.MaxNative(Low(work, 4, 5), High(work, 4, 5));
        Vector256<float> ab = Vector256.MaxNative(Avx.Shuffle(a, b, 0x44), Avx.Shuffle(a, b, 0xEE));
        Vector256<float> cc = Vector256.MaxNative(Avx.Shuffle(c, c, 0x44), Avx.Shuffle(c, c, 0xEE));
        return Vector256.MaxNative(Avx.Permute2x128(ab, cc, 0x20), Avx.Permute2x128(ab, cc, 0x31));
    }

    /// <summary>Sum of the eight lanes of each of six rows, in the order that the class states.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> SumsOfRows(float* work)
    {
        if (!Avx.IsSupported)
        {
            return Vector256.Create(PortableSum(work), PortableSum(work + 8), PortableSum(work + 16), PortableSum(work + 24), PortableSum(work + 32), PortableSum(work + 40), 0f, 0f);
        }

        Vector256<float> a = Low(work, 0, 1) + High(work, 0, 1);
        Vector256<float> b = Low(work, 2, 3) + High(work, 2, 3);
        Vector256<float> c = Low(work, 4, 5) + High(work, 4, 5);
        Vector256<float> ab = Avx.Shuffle(a, b, 0x44) + Avx.Shuffle(a, b, 0xEE);
        Vector256<float> cc = Avx.Shuffle(c, c, 0x44) + Avx.Shuffle(c, c, 0xEE);
        return Avx.Permute2x128(ab, cc, 0x20) + Avx.Permute2x128(ab, cc, 0x31);
    }

    /// <summary>Lanes 0, 1 of two rows interleaved, in both halves.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Low(float* work, int i, int j) => Avx.UnpackLow(Vector256.Load(work + (8 * i)), Vector256.Load(work + (8 * j)));

    /// <summary>Lanes 2, 3 of two rows interleaved, in both halves.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> High(float* work, int i, int j) => Avx.UnpackHigh(Vector256.Load(work + (8 * i)), Vector256.Load(work + (8 * j)));

    private static float PortableMax(float* lanes)
    {
        float max = lanes[0];
        for (int i = 1; i < 8; i++)
        {
            max = lanes[i] > max ? lanes[i] : max;
        }

        return max;
    }

    private static float PortableSum(float* v) => ((v[0] + v[2]) + (v[1] + v[3])) + ((v[4] + v[6]) + (v[5] + v[7]));
}
