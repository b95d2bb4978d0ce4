using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Lazuli.Numerics;

/// <summary>Turns rows of floats into <see cref="QuantizedRows"/>: <c>q = round(x · 127 / max|x|)</c>, ties to even, over runs of 32.</summary>
/// <remarks>
/// Shapes: x [R, C], C a multiple of 32. Every tier makes the same bits. A run whose largest size is below 2⁻¹²⁰ becomes zeros; a run that holds NaN or
/// infinity gets the scale NaN, which then spreads to all outputs of that row and to no other.
/// </remarks>
internal readonly unsafe struct QuantizeRowsJob(float* x, QuantizedRows target) : ITileJob
{
    private const int Run = 32;
    private const int Infinity = 0x7F800000;
    private const float Smallest = 7.5231638e-37f; // 2⁻¹²⁰: below it 127 / max overflows

    public static int Tiles(QuantizedRows rows) => rows.Tiles;

    public void Execute(int tile, int worker)
    {
        for (int r = 0; r < target.Interleave; r++)
        {
            int row = (tile * target.Interleave) + r;
            for (int chunk = 0; chunk < target.Chunks; chunk++)
            {
                nint first = target.Index(chunk, tile) + r;
                float* from = x + ((nint)row * target.Blocks * Run) + ((nint)chunk * target.ChunkBlocks * Run);
                for (int block = 0; block < target.BlocksOf(chunk); block++)
                {
                    One(row < target.Rows ? from + (block * Run) : null, first - r + ((nint)block * target.Interleave), r);
                }
            }
        }
    }

    private void One(float* from, nint index, int r)
    {
        sbyte* q = stackalloc sbyte[Run];
        float scale = 0;
        int low = 0, high = 0;
        if (from == null)
        {
            new Span<sbyte>(q, Run).Clear();
        }
        else if (Avx2.IsSupported)
        {
            Quantize256(from, q, out scale, out low, out high);
        }
        else
        {
            Quantize(from, q, out scale, out low, out high);
        }

        float* terms = target.TermsOfRuns + (index * QuantizedRows.Terms) + r;
        nint step = target.Interleave;
        terms[0] = scale;
        terms[step] = scale * (low + high);
        terms[2 * step] = BitConverter.Int32BitsToSingle(8 * (low + high));
        terms[3 * step] = BitConverter.Int32BitsToSingle((low & 0xFFFF) | (high << 16));
        if (target.Bytes != null)
        {
            int* to = (int*)(target.Bytes + (index * Run)) + r;
            for (int j = 0; j < Run / 4; j++)
            {
                to[j * step] = ((int*)q)[j];
            }
        }

        if (target.Words != null)
        {
            int* to = (int*)(target.Words + (index * Run)) + r;
            for (int j = 0; j < Run / 2; j++)
            {
                to[j * step] = (q[2 * j] & 0xFFFF) | (q[(2 * j) + 1] << 16);
            }
        }
    }

    private static void Quantize(float* x, sbyte* q, out float scale, out int low, out int high)
    {
        int largest = 0;
        for (int i = 0; i < Run; i++)
        {
            largest = Math.Max(largest, BitConverter.SingleToInt32Bits(x[i]) & int.MaxValue);
        }

        scale = Factors(largest, out float inverse);
        low = high = 0;
        for (int i = 0; i < Run; i++)
        {
            q[i] = inverse == 0 ? (sbyte)0 : (sbyte)(int)MathF.Round(x[i] * inverse);
            low += i < 16 ? q[i] : 0;
            high += i < 16 ? 0 : q[i];
        }
    }

    /// <summary>Scale and its inverse of a run whose largest size has these bits; as integers, sizes order as numbers and NaN above all.</summary>
    private static float Factors(int largestBits, out float inverse)
    {
        float largest = BitConverter.Int32BitsToSingle(largestBits);
        inverse = 0;
        if (largestBits >= Infinity)
        {
            return float.NaN;
        }

        if (largest < Smallest)
        {
            return 0;
        }

        inverse = 127f / largest;
        return largest / 127f;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Quantize256(float* x, sbyte* q, out float scale, out int low, out int high)
    {
        Vector256<int> sizes = Vector256.Create(int.MaxValue);
        Vector256<float> x0 = Vector256.Load(x), x1 = Vector256.Load(x + 8), x2 = Vector256.Load(x + 16), x3 = Vector256.Load(x + 24);
        Vector256<int> most = Vector256.Max(
            Vector256.Max(x0.AsInt32() & sizes, x1.AsInt32() & sizes),
            Vector256.Max(x2.AsInt32() & sizes, x3.AsInt32() & sizes));
        Vector128<int> half = Vector128.Max(most.GetLower(), most.GetUpper());
        half = Vector128.Max(half, Vector128.Shuffle(half, Vector128.Create(2, 3, 0, 1)));
        half = Vector128.Max(half, Vector128.Shuffle(half, Vector128.Create(1, 0, 3, 2)));
        scale = Factors(half.ToScalar(), out float inverse);
        if (inverse == 0)
        {
            Vector256<byte>.Zero.Store((byte*)q);
            low = high = 0;
            return;
        }

        Vector256<float> by = Vector256.Create(inverse);
        Vector256<short> w0 = Avx2.PackSignedSaturate(Avx.ConvertToVector256Int32(x0 * by), Avx.ConvertToVector256Int32(x1 * by));
        Vector256<short> w1 = Avx2.PackSignedSaturate(Avx.ConvertToVector256Int32(x2 * by), Avx.ConvertToVector256Int32(x3 * by));
        Vector256<int> packed = Avx2.PackSignedSaturate(w0, w1).AsInt32(); // lane by lane: runs of 4 in the order 0 2 4 6 1 3 5 7
        Vector256<byte> bytes = Avx2.PermuteVar8x32(packed, Vector256.Create(0, 4, 1, 5, 2, 6, 3, 7)).AsByte();
        bytes.Store((byte*)q);
        Vector256<long> sums = Avx2.SumAbsoluteDifferences(bytes ^ Vector256.Create((byte)0x80), Vector256<byte>.Zero).AsInt64();
        low = (int)(sums.GetElement(0) + sums.GetElement(1)) - (16 * 128);
        high = (int)(sums.GetElement(2) + sums.GetElement(3)) - (16 * 128);
    }
}
