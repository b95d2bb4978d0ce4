namespace Lazuli.Models;

/// <summary>All frequencies divided alike (Chen et al. 2023).</summary>
/// <param name="Factor">The divisor.</param>
public sealed record LinearRopeScaling(double Factor) : RopeScaling
{
    /// <inheritdoc/>
    public override double Divisor(int pair, int headSize, double ropeBase) => Factor;

    internal override string? FindError(int headSize) => Factor > 0 && double.IsFinite(Factor) ? null : $"ropeScaling.factor ({Factor}) is not above 0.";
}
