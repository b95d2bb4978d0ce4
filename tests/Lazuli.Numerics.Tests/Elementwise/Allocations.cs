using Lazuli.Testing;

namespace Lazuli.Numerics.Tests;

/// <summary>The allocation budget of operators: none.</summary>
internal static class Allocations
{
    /// <summary>Asserts that a repeated call allocates no managed memory on the calling thread, after calls that compile it and grow scratch.</summary>
    public static void AreNone(Action call)
    {
        call();
        call();
        ThreadAllocations counted = ThreadAllocations.Start();
        call();
        Assert.Equal(0, counted.Bytes);
    }
}
