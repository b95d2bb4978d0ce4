using System.Runtime.CompilerServices;

namespace Lazuli.Numerics;

/// <summary>Counter-based random numbers: Philox4x32-10 (Salmon, Moraes, Dror, Shaw 2011). A number is a pure function of (seed, stream, counter); there is no state.</summary>
/// <remarks>
/// The key is the seed; the 128-bit counter is (counter, stream), counter in the two low words. So every consumer that has its own
/// (seed, stream) can ask for its n-th number in any order, on any thread, again after a restart, and gets the same one.
/// </remarks>
public static class CounterRandom
{
    private const uint Multiplier0 = 0xD2511F53;
    private const uint Multiplier1 = 0xCD9E8D57;
    private const uint Weyl0 = 0x9E3779B9;
    private const uint Weyl1 = 0xBB67AE85;
    private const int Rounds = 10;

    /// <summary>A random 32-bit number: word <c>counter mod 4</c> of block <c>counter / 4</c> of the stream.</summary>
    public static uint UInt32(ulong seed, ulong stream, ulong counter)
    {
        PhiloxBlock block = Block(seed, stream, counter >> 2);
        return (counter & 3) switch
        {
            0 => block.X0,
            1 => block.X1,
            2 => block.X2,
            _ => block.X3,
        };
    }

    /// <summary>A random 64-bit number: words 0 and 1 (low, high) of block <paramref name="counter"/> of the stream.</summary>
    public static ulong UInt64(ulong seed, ulong stream, ulong counter)
    {
        PhiloxBlock block = Block(seed, stream, counter);
        return block.X0 | ((ulong)block.X1 << 32);
    }

    /// <summary>A uniform number in [0, 1) with 53 random bits, from <see cref="UInt64"/>.</summary>
    public static double Double(ulong seed, ulong stream, ulong counter) => (UInt64(seed, stream, counter) >> 11) * (1.0 / (1UL << 53));

    /// <summary>A uniform integer in [0, <paramref name="bound"/>) from <see cref="UInt64"/>; bias below bound·2⁻⁶⁴.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="bound"/> is 0.</exception>
    public static ulong Below(ulong bound, ulong seed, ulong stream, ulong counter)
    {
        ArgumentOutOfRangeException.ThrowIfZero(bound);
        return Math.BigMul(UInt64(seed, stream, counter), bound, out _);
    }

    /// <summary>Four words of Philox4x32-10 for counter words (counter low, counter high, stream low, stream high) and key (seed low, seed high).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static PhiloxBlock Block(ulong seed, ulong stream, ulong counter)
    {
        uint x0 = (uint)counter;
        uint x1 = (uint)(counter >> 32);
        uint x2 = (uint)stream;
        uint x3 = (uint)(stream >> 32);
        uint k0 = (uint)seed;
        uint k1 = (uint)(seed >> 32);
        for (int round = 0; round < Rounds; round++)
        {
            ulong product0 = (ulong)Multiplier0 * x0;
            ulong product1 = (ulong)Multiplier1 * x2;
            (x0, x1, x2, x3) = ((uint)(product1 >> 32) ^ x1 ^ k0, (uint)product1, (uint)(product0 >> 32) ^ x3 ^ k1, (uint)product0);
            k0 += Weyl0;
            k1 += Weyl1;
        }

        return new PhiloxBlock(x0, x1, x2, x3);
    }

    /// <summary>One output block.</summary>
    internal readonly record struct PhiloxBlock(uint X0, uint X1, uint X2, uint X3);
}
