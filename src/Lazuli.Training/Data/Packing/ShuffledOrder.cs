using System.Numerics;

namespace Lazuli.Training;

/// <summary>A different order of the rows for each epoch, any place of which is known without walking there: <c>row = π_(seed, epoch)(position)</c>.</summary>
/// <remarks>
/// A Feistel network over the smallest even number of bits that holds all positions; an image outside the range is fed in again
/// (cycle walking) until it falls inside, at most a few times. A Feistel network is invertible whatever its round function, and
/// walking the cycles of a permutation until they re-enter a subset permutes that subset, so every row comes exactly once an epoch.
/// Source: Black and Rogaway, Ciphers with Arbitrary Finite Domains, 2002.
/// </remarks>
internal static class ShuffledOrder
{
    private const int Rounds = 8;

    /// <summary>The row at a position of an epoch.</summary>
    /// <param name="seed">Chooses the family of orders.</param>
    /// <param name="epoch">Which pass over the data, from 0.</param>
    /// <param name="position">Place in the epoch, from 0 to <paramref name="count"/> − 1.</param>
    /// <param name="count">Number of rows.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range.</exception>
    public static long RowAt(ulong seed, long epoch, long position, long count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(epoch);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        if ((ulong)position >= (ulong)count)
        {
            throw new ArgumentOutOfRangeException(nameof(position), position, $"An epoch has {count} positions.");
        }

        int bits = 64 - BitOperations.LeadingZeroCount((ulong)(count - 1));
        int half = Math.Max(1, (bits + 1) / 2);
        ulong key = Mix(seed ^ Mix((ulong)epoch + 0x9E37_79B9_7F4A_7C15));
        ulong image = (ulong)position;
        do
        {
            image = Permute(image, half, key);
        }
        while (image >= (ulong)count);

        return (long)image;
    }

    private static ulong Permute(ulong value, int half, ulong key)
    {
        ulong mask = (1UL << half) - 1;
        ulong left = value >> half;
        ulong right = value & mask;
        for (ulong round = 1; round <= Rounds; round++)
        {
            ulong f = Mix(right + (key ^ (round * 0xD1B5_4A32_D192_ED03)));
            (left, right) = (right, left ^ (f >> (64 - half)));
        }

        return left << half | right;
    }

    /// <summary>The finaliser of SplitMix64: every input bit reaches every output bit.</summary>
    private static ulong Mix(ulong x)
    {
        x = (x ^ (x >> 30)) * 0xBF58_476D_1CE4_E5B9;
        x = (x ^ (x >> 27)) * 0x94D0_49BB_1331_11EB;
        return x ^ (x >> 31);
    }
}
