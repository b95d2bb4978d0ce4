namespace Lazuli.Inference;

/// <summary>A timed stretch of steps between two limit slices.</summary>
/// <param name="Seconds">Seconds of the stretch.</param>
/// <param name="Tokens">Tokens fed in it, all sequences together.</param>
/// <param name="Flop">Operations by <see cref="InferenceFlop"/>'s formula.</param>
/// <param name="Bytes">Bytes that had to be read: weights once a step, keys and values of every position seen, one embedding row a token.</param>
/// <param name="Before">Limits right before.</param>
/// <param name="After">Limits right after.</param>
public readonly record struct BenchmarkWindow(double Seconds, long Tokens, double Flop, double Bytes, LimitSlice Before, LimitSlice After)
{
    /// <summary>Tokens a second.</summary>
    public double TokensPerSecond => Tokens / Seconds;

    /// <summary>Share of the read bandwidth around the window.</summary>
    public double ReadShare => Bytes / Seconds / 1e9 / ((Before.ReadGigabytesPerSecond + After.ReadGigabytesPerSecond) / 2);

    /// <summary>Share of the multiply-add peak around the window.</summary>
    public double FmaShare => Flop / Seconds / 1e9 / ((Before.FmaGflops + After.FmaGflops) / 2);
}
