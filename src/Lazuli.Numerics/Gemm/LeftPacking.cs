using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Lazuli.Numerics;

/// <summary>Copies a strip of the left operand into panels <c>[depth, tile rows]</c>.</summary>
internal static unsafe class LeftPacking
{
    /// <summary>Packs <paramref name="rows"/> rows of <paramref name="depth"/> terms; rows past the end of the last panel are zero.</summary>
    public static void Pack(float* a, LeftLayout layout, int rows, int depth, int tileRows, float* destination)
    {
        int row = 0;
        if (layout.Row == 1 && tileRows == 6 && Sse.IsSupported)
        {
            row = rows / 6 * 6;
            PackSixes(a, layout.Step, row / 6, depth, destination);
        }

        for (; row < rows; row += tileRows)
        {
            PackAny(a + (row * layout.Row), layout, Math.Min(tileRows, rows - row), depth, tileRows, destination + ((nint)row * depth));
        }
    }

    /// <summary>Rows of the strip are neighbours in memory: each line is read once, whole, and dealt to the panels.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void PackSixes(float* from, nint step, int panels, int depth, float* to)
    {
        nint panel = 6 * (nint)depth;
        for (int k = 0; k < depth; k++)
        {
            float* q = to;
            for (int p = 0; p < panels; p++)
            {
                float* s = from + (6 * p);
                Vector128.Load(s).Store(q);
                *(double*)(q + 4) = *(double*)(s + 4);
                q += panel;
            }

            from += step;
            to += 6;
        }
    }

    private static void PackAny(float* from, LeftLayout layout, int rows, int depth, int tileRows, float* to)
    {
        for (int k = 0; k < depth; k++)
        {
            for (int r = 0; r < tileRows; r++)
            {
                to[r] = r < rows ? from[(r * layout.Row) + (k * layout.Step)] : 0f;
            }

            to += tileRows;
        }
    }
}
