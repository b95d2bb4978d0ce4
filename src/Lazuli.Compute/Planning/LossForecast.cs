using System.Globalization;

namespace Lazuli.Compute;

/// <summary>A scaling law with laws drawn around it, and where it comes from.</summary>
public sealed class LossForecast
{
    /// <summary>Lower and upper end of the interval: 95 % of the drawn laws lie between.</summary>
    public const double LowerQuantile = 0.025;

    private const int Draws = 1000;
    private const int Refits = 200;
    private const int Seed = 20180516;

    // Assumed spreads of the published law, one standard deviation; and the middle of its data, where size and data terms are known best.
    private const double SpreadOfE = 0.03;
    private const double SpreadOfExponents = 0.02;
    private const double MiddleParameters = 1e9;
    private const double MiddleTokens = 2e10;

    private readonly IReadOnlyList<ScalingLaw> _drawn;

    private LossForecast(ScalingLaw law, IReadOnlyList<ScalingLaw> drawn, ScalingLawFit? fit, string basis)
    {
        Law = law;
        _drawn = drawn;
        Fit = fit;
        Basis = basis;
    }

    /// <summary>The law.</summary>
    public ScalingLaw Law { get; }

    /// <summary>The fit to own runs; null for the published law.</summary>
    public ScalingLawFit? Fit { get; }

    /// <summary>In words: where law and interval come from.</summary>
    public string Basis { get; }

    /// <summary>By the published law (Besiroglu et al. 2024).</summary>
    /// <remarks>
    /// The interval draws E and the exponents with spreads of 0.03, 0.02 and 0.02 nats or powers, turning the two curves about N = 1e9 and D = 2e10: far from
    /// there it widens. It does not cover another tokenizer or another kind of text.
    /// </remarks>
    public static LossForecast Published()
    {
        ScalingLaw law = ScalingLaw.Besiroglu;
        var random = new Random(Seed);
        var drawn = new ScalingLaw[Draws];
        for (int i = 0; i < Draws; i++)
        {
            double alpha = law.Alpha + (SpreadOfExponents * Normal(random));
            double beta = law.Beta + (SpreadOfExponents * Normal(random));
            drawn[i] = new ScalingLaw(
                law.E + (SpreadOfE * Normal(random)),
                law.A * Math.Pow(MiddleParameters, alpha - law.Alpha), law.B * Math.Pow(MiddleTokens, beta - law.Beta), alpha, beta);
        }

        return new LossForecast(law, drawn, null, "published law (Besiroglu et al. 2024, arXiv:2404.10102): web text, a vocabulary of 32,000, models of 44 million parameters and more; the interval assumes spreads of 0.03 (E) and 0.02 (exponents) and does not cover other text or tokenizers");
    }

    /// <summary>By a fit to <paramref name="runs"/>; null where they are too few (see <see cref="ScalingLawFitter"/>).</summary>
    public static LossForecast? OfRuns(IReadOnlyList<TrainingObservation> runs)
    {
        if (ScalingLawFitter.Fit(runs) is not { } fit)
        {
            return null;
        }

        string constants = fit.FreeExponents ? "all five constants" : "E, A and B, with the published exponents";
        return new LossForecast(
            fit.Law, ScalingLawFitter.Resample(fit, runs, Refits, Seed), fit,
            string.Create(CultureInfo.InvariantCulture, $"fitted to {fit.Runs} of your own runs ({fit.DistinctPoints} distinct sizes and lengths; {constants}): root mean square error {fit.RootMeanSquareError * 100:F2} %, largest {fit.LargestError * 100:F2} %, R² {fit.RSquared:F4}; the interval is a seeded bootstrap of {Refits} refits"));
    }

    /// <summary>Expected loss, nats a token, and the interval that holds 95 % of the drawn laws.</summary>
    public (double Loss, double Low, double High) Expect(double parameters, double tokens)
    {
        double[] losses = [.. _drawn.Select(l => l.Loss(parameters, tokens)).Order()];
        double loss = Law.Loss(parameters, tokens);
        return (loss, Math.Min(loss, Quantile(losses, LowerQuantile)), Math.Max(loss, Quantile(losses, 1 - LowerQuantile)));
    }

    private static double Quantile(double[] sorted, double share)
    {
        double at = share * (sorted.Length - 1);
        int below = (int)at;
        int above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + ((at - below) * (sorted[above] - sorted[below]));
    }

    /// <summary>Box and Muller's transform.</summary>
    private static double Normal(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
