namespace Lazuli.Models;

/// <summary>A divisor for each pair, as GGUF files carry them in <c>rope_freqs.weight</c>.</summary>
public sealed record TabledRopeScaling : RopeScaling
{
    private readonly float[] _divisors;

    /// <summary>Takes the divisors of pairs 0 to D/2 − 1.</summary>
    public TabledRopeScaling(ReadOnlySpan<float> divisors) => _divisors = divisors.ToArray();

    /// <summary>The divisors.</summary>
    public ReadOnlySpan<float> Divisors => _divisors;

    /// <inheritdoc/>
    public override double Divisor(int pair, int headSize, double ropeBase) => _divisors[pair];

    /// <summary>Equal when all divisors are.</summary>
    public bool Equals(TabledRopeScaling? other) => other is not null && _divisors.AsSpan().SequenceEqual(other._divisors);

    /// <inheritdoc/>
    public override int GetHashCode() => _divisors.Aggregate(_divisors.Length, HashCode.Combine);

    internal override string? FindError(int headSize)
    {
        if (_divisors.Length != headSize / 2)
        {
            return $"ropeScaling has {_divisors.Length} divisors; heads of {headSize} have {headSize / 2} pairs.";
        }

        return _divisors.All(d => d > 0 && float.IsFinite(d)) ? null : "ropeScaling has a divisor that is not above 0.";
    }
}
