namespace Lazuli.Compute;

/// <summary>Expected loss by parameters and tokens: <c>L(N, D) = E + A/N^α + B/D^β</c>, in nats a token (Hoffmann et al. 2022, approach 3).</summary>
/// <param name="E">Loss that no model gets below, nats.</param>
/// <param name="A">Scale of what too few parameters cost.</param>
/// <param name="B">Scale of what too few tokens cost.</param>
/// <param name="Alpha">Exponent of parameters.</param>
/// <param name="Beta">Exponent of tokens.</param>
public sealed record ScalingLaw(double E, double A, double B, double Alpha, double Beta)
{
    /// <summary>The refit of Hoffmann et al.'s data by Besiroglu et al. 2024 (arXiv:2404.10102): the published law that plans use unless own runs tell better.</summary>
    public static ScalingLaw Besiroglu { get; } = new(1.8172, 482.01, 2085.43, 0.3478, 0.3658);

    /// <summary>The rounded constants of Hoffmann et al. 2022 (arXiv:2203.15556); their rounding biases predictions, so they are for comparison only.</summary>
    public static ScalingLaw Hoffmann { get; } = new(1.69, 406.4, 410.7, 0.34, 0.28);

    /// <summary>Expected loss in nats a token.</summary>
    public double Loss(double parameters, double tokens) => E + (A * Math.Pow(parameters, -Alpha)) + (B * Math.Pow(tokens, -Beta));

    /// <summary>Parameters and tokens with the least loss for <paramref name="flop"/> where a token costs 6 FLOP a parameter.</summary>
    /// <remarks><c>N = G·(C/6)^{β/(α+β)}, D = (C/6)/N, G = (αA/(βB))^{1/(α+β)}</c>.</remarks>
    public (double Parameters, double Tokens) Optimum(double flop)
    {
        double g = Math.Pow(Alpha * A / (Beta * B), 1 / (Alpha + Beta));
        double parameters = g * Math.Pow(flop / 6, Beta / (Alpha + Beta));
        return (parameters, flop / 6 / parameters);
    }

    /// <summary>Tokens with which a model of that size is compute-optimal.</summary>
    public double OptimalTokens(double parameters)
    {
        double g = Math.Pow(Alpha * A / (Beta * B), 1 / (Alpha + Beta));
        return Math.Pow(parameters / g, (Alpha + Beta) / Beta) / parameters;
    }
}
