namespace Lazuli.Compute;

/// <summary>SplitMix64 (Steele, Lea and Flood, 2014): a counter through a mixing function, so that a seed gives one sequence on every machine.</summary>
internal struct ResampleRandom(ulong seed)
{
    private ulong _counter = seed;

    /// <summary>A number from 0 up to but not including <paramref name="count"/>.</summary>
    /// <remarks>High half of a product (Lemire): the bias is below count / 2⁶⁴.</remarks>
    public int Below(int count) => (int)Math.BigMul(Next(), (ulong)count, out _);

    /// <summary>A number from 0 up to but not including 1.</summary>
    public double Share() => (Next() >> 11) * (1.0 / (1UL << 53));

    private ulong Next()
    {
        _counter += 0x9E3779B97F4A7C15UL;
        ulong z = _counter;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }
}
