namespace Lazuli.Inference;

/// <summary>Random numbers that are a pure function of (seed, choice, position), so a token does not depend on what ran before or beside it.</summary>
/// <remarks>Each part of the key goes through the finaliser of SplitMix64 (Steele, Lea and Flood 2014), a bijection whose output bits each depend on all input bits.</remarks>
internal static class KeyedRandom
{
    private const ulong GoldenGamma = 0x9E3779B97F4A7C15; // 2⁶⁴ / golden ratio, odd

    /// <summary>A number in [0, 1) with 53 random bits.</summary>
    public static double Uniform(long seed, int choice, int position)
    {
        ulong state = Mix((ulong)seed + GoldenGamma);
        state = Mix(state + ((ulong)(uint)choice * GoldenGamma) + 1);
        state = Mix(state + ((ulong)(uint)position * GoldenGamma) + 1);
        return (state >> 11) * (1.0 / (1UL << 53));
    }

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
