using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;

namespace Lazuli.Numerics;

/// <summary>6 × 16 tile in 128-bit vectors: fused on Arm64, multiply then add elsewhere (a software FMA would be some twenty times slower).</summary>
internal readonly unsafe struct PortableKernel : IMicroKernel
{
    public static int Rows => 6;

    public static int Columns => 16;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply(float* a, LeftLayout* layout, int rows, float* b, nint ahead, nint depth, float* c, nint cRow, bool add, float* bias)
    {
        for (int r = 0; r < rows; r++)
        {
            Vector128<float> c0 = default, c1 = default, c2 = default, c3 = default;
            float* p = a + (r * layout->Row);
            float* q = b;
            nint left = depth;
            while (left > 0)
            {
                nint count = Math.Min(left, layout->Block);
                left -= count;
                for (; count != 0; count--)
                {
                    Vector128<float> v = Vector128.Create(*p);
                    c0 = MultiplyAdd(v, Vector128.Load(q), c0);
                    c1 = MultiplyAdd(v, Vector128.Load(q + 4), c1);
                    c2 = MultiplyAdd(v, Vector128.Load(q + 8), c2);
                    c3 = MultiplyAdd(v, Vector128.Load(q + 12), c3);
                    q += 16;
                    p += layout->Step;
                }

                p += layout->Jump;
            }

            float* o = c + (r * cRow);
            Store(o, c0, add, bias, 0);
            Store(o, c1, add, bias, 4);
            Store(o, c2, add, bias, 8);
            Store(o, c3, add, bias, 12);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> MultiplyAdd(Vector128<float> x, Vector128<float> y, Vector128<float> sum) =>
        AdvSimd.IsSupported ? AdvSimd.FusedMultiplyAdd(sum, x, y) : (x * y) + sum;

    private static void Store(float* c, Vector128<float> value, bool add, float* bias, int offset)
    {
        if (add)
        {
            value = Vector128.Load(c + offset) + value;
        }

        if (bias != null)
        {
            value += Vector128.Load(bias + offset);
        }

        value.Store(c + offset);
    }
}
