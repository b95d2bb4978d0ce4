using System.Runtime.Intrinsics;

namespace Lazuli.Numerics;

/// <summary>Copies a strip of the left operand into panels <c>[depth, tile rows]</c>.</summary>
internal static unsafe class LeftPacking
{
    /// <summary>Packs <paramref name="rows"/> rows of <paramref name="depth"/> terms; rows past the end of the last panel are zero.</summary>
    public static void Pack(float* a, LeftLayout layout, int rows, int depth, int tileRows, float* destination)
    {
        for (int row = 0; row < rows; row += tileRows)
        {
            float* to = destination + ((nint)row * depth);
            float* from = a + (row * layout.Row);
            int count = Math.Min(tileRows, rows - row);
            if (layout.Row == 1 && count == 6 && row + 8 <= rows)
            {
                PackSix(from, layout.Step, depth, to);
            }
            else
            {
                PackAny(from, layout, count, depth, tileRows, to);
            }
        }
    }

    // Reads 8 and writes 8: the two too many are the next step's place, or the next panel's, which comes later.
    private static void PackSix(float* from, nint step, int depth, float* to)
    {
        for (int k = 0; k < depth; k++)
        {
            Vector256.Load(from).Store(to);
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
