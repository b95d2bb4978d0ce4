using System.Runtime.Intrinsics;

namespace Lazuli.Numerics.Tests;

/// <summary>Lengths around every vector's edge. Without vector instructions the long ones are left out: there each vector operation is a loop of its own.</summary>
internal static class Sweep
{
    public static bool IsVectorized => Vector128.IsHardwareAccelerated;

    public static IEnumerable<int> Lengths => IsVectorized
        ? [1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 128, 129, 384, 768, 1000]
        : [1, 3, 4, 7, 8, 9, 15, 16, 17, 33, 129];

    public static int[] Rows => IsVectorized ? [1, 2, 3, 50] : [1, 5];
}
