using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Lazuli.Numerics;

/// <content>The tile for processors that add products of bytes to 32-bit sums at once: an instruction for each four columns of eight outputs, and no limit of 16 bits.</content>
internal static unsafe partial class NibbleTile<TFormat>
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void MultiplyInto32(byte* panel, int runs, int* x, float* terms, float* sums)
    {
        for (int run = 0; run < runs; run++)
        {
            Vector256<int> a00 = default, a01 = default, a10 = default, a11 = default, a20 = default, a21 = default, a30 = default, a31 = default;
            byte* w = panel;
            int* end = x + BlockTile.Run;
            do
            {
                Vector256<byte> w0 = Vector256.Load(w), w1 = Vector256.Load(w + 32);
                Vector256<sbyte> v = Four(x);
                a00 = IntegerDot.AddBytes(a00, w0, v);
                a01 = IntegerDot.AddBytes(a01, w1, v);
                v = Four(x + 1);
                a10 = IntegerDot.AddBytes(a10, w0, v);
                a11 = IntegerDot.AddBytes(a11, w1, v);
                v = Four(x + 2);
                a20 = IntegerDot.AddBytes(a20, w0, v);
                a21 = IntegerDot.AddBytes(a21, w1, v);
                v = Four(x + 3);
                a30 = IntegerDot.AddBytes(a30, w0, v);
                a31 = IntegerDot.AddBytes(a31, w1, v);
                w += 64;
                x += BlockTile.TileRows;
            }
            while (x < end);

            var factors = (float*)w;
            TFormat.Finish(a00, factors, terms, sums);
            TFormat.Finish(a01, factors + 8, terms, sums + 8);
            TFormat.Finish(a10, factors, terms + 1, sums + 16);
            TFormat.Finish(a11, factors + 8, terms + 1, sums + 24);
            TFormat.Finish(a20, factors, terms + 2, sums + 32);
            TFormat.Finish(a21, factors + 8, terms + 2, sums + 40);
            TFormat.Finish(a30, factors, terms + 3, sums + 48);
            TFormat.Finish(a31, factors + 8, terms + 3, sums + 56);
            panel = w + (TFormat.FactorsOfRun * sizeof(float));
            terms += QuantizedRows.Terms * BlockTile.TileRows;
        }
    }
}
