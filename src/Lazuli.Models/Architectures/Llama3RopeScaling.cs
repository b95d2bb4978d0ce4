namespace Lazuli.Models;

/// <summary>Llama 3.1: long waves divided by <paramref name="Factor"/>, short ones kept, a smooth passage between.</summary>
/// <param name="Factor">Divisor of waves longer than <c>OriginalContext / LowFrequencyFactor</c> positions.</param>
/// <param name="LowFrequencyFactor">See <paramref name="Factor"/>.</param>
/// <param name="HighFrequencyFactor">Waves shorter than <c>OriginalContext / HighFrequencyFactor</c> positions are kept; above <paramref name="LowFrequencyFactor"/>.</param>
/// <param name="OriginalContext">Context of pre-training.</param>
public sealed record Llama3RopeScaling(double Factor, double LowFrequencyFactor, double HighFrequencyFactor, int OriginalContext) : RopeScaling
{
    /// <inheritdoc/>
    public override double Divisor(int pair, int headSize, double ropeBase)
    {
        double wave = 2 * Math.PI * Math.Pow(ropeBase, 2.0 * pair / headSize);
        if (wave < OriginalContext / HighFrequencyFactor)
        {
            return 1;
        }

        if (wave > OriginalContext / LowFrequencyFactor)
        {
            return Factor;
        }

        double kept = ((OriginalContext / wave) - LowFrequencyFactor) / (HighFrequencyFactor - LowFrequencyFactor);
        return 1 / (((1 - kept) / Factor) + kept);
    }

    internal override string? FindError(int headSize) =>
        Factor > 0 && double.IsFinite(Factor) && LowFrequencyFactor > 0 && HighFrequencyFactor > LowFrequencyFactor && double.IsFinite(HighFrequencyFactor) && OriginalContext > 0
            ? null
            : $"ropeScaling ({this}) needs factors above 0, the high one above the low one.";
}
