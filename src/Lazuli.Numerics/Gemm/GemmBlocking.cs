namespace Lazuli.Numerics;

/// <summary>Block sizes, fixed by shape alone: they decide the order of summation, so threads and neighbours must not enter.</summary>
internal static class GemmBlocking
{
    /// <summary>
    /// Longest chain of one block of sums. A panel of 768 × 16 is 48 KiB and comes from the second-level cache; measured, that costs less
    /// than reading and writing the result once more, as blocks that fit the first level (384) do: 3 to 5 % on sums of 768 and 3,072.
    /// </summary>
    public const int DepthLimit = 768;

    /// <summary>Rows of a strip: a multiple of every tier's tile. 48 rows × 768 deep are 144 KiB of a second-level cache.</summary>
    public const int StripRows = 48;

    /// <summary>Least number of work items wanted, so that a few threads share evenly.</summary>
    private const int ItemsWanted = 16;

    /// <summary>Length of the blocks that a sum of <paramref name="depth"/> terms is cut into; a function of the depth alone, a multiple of 32 (the widest panel).</summary>
    public static int DepthBlock(int depth)
    {
        int blocks = (depth + DepthLimit - 1) / DepthLimit;
        int even = (depth + blocks - 1) / blocks;
        return (even + 31) / 32 * 32;
    }

    /// <summary>Into how many groups of panels the columns are cut so that there is work for all.</summary>
    public static int ColumnGroups(int strips, int panels) => Math.Clamp((ItemsWanted + strips - 1) / strips, 1, panels);
}
