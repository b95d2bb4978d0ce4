namespace Lazuli.Models;

/// <summary>How rotary frequencies are stretched for contexts longer than those of pre-training: the angle of pair j grows by <c>base^(−2j/D) / divisor(j)</c> a position.</summary>
public abstract record RopeScaling
{
    /// <summary>What the frequency of a pair is divided by; above 0.</summary>
    /// <param name="pair">Number of the pair, from 0 to D/2 − 1.</param>
    /// <param name="headSize">D, channels of a head.</param>
    /// <param name="ropeBase">Base of the frequencies.</param>
    public abstract double Divisor(int pair, int headSize, double ropeBase);

    /// <summary>What is wrong with it for heads of this size; null when nothing is.</summary>
    internal abstract string? FindError(int headSize);
}
