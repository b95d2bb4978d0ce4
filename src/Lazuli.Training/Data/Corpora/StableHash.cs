namespace Lazuli.Training;

/// <summary>A hash of text that is the same on every machine, in every process and version. Not for secrets.</summary>
internal static class StableHash
{
    /// <summary>64 bits of <paramref name="text"/> under a seed: FNV-1a over UTF-16 units, then the finaliser of SplitMix64.</summary>
    public static ulong Of(string text, ulong seed)
    {
        ulong hash = 0xCBF2_9CE4_8422_2325 ^ seed;
        foreach (char c in text)
        {
            hash = (hash ^ c) * 0x0000_0100_0000_01B3;
        }

        hash = (hash ^ (hash >> 30)) * 0xBF58_476D_1CE4_E5B9;
        hash = (hash ^ (hash >> 27)) * 0x94D0_49BB_1331_11EB;
        return hash ^ (hash >> 31);
    }

    /// <summary>The same as a number from 0 (inclusive) to 1 (exclusive).</summary>
    public static double Fraction(string text, ulong seed) => (Of(text, seed) >> 11) * (1.0 / (1UL << 53));
}
