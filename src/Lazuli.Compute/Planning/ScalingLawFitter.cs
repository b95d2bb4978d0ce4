namespace Lazuli.Compute;

/// <summary>Fits <see cref="ScalingLaw"/> to runs: the least sum of Huber losses (δ = 1e-3) of log loss, from many starts.</summary>
/// <remarks>
/// <para>The objective is Hoffmann et al.'s (2022, appendix D.3), summed rather than averaged, as Besiroglu et al. (2024) found needed. It is minimised by
/// Levenberg–Marquardt steps on reweighted residuals, which is a descent on the Huber loss itself; E, A and B are fitted as logarithms, A and B at the middle
/// of the data so that scale and exponent do not pull on each other.</para>
/// <para>Fewer than <see cref="PointsForExponents"/> distinct points, or fewer than three sizes or lengths, cannot tell five constants: the exponents are then the
/// published ones and E, A, B are fitted. So they are where free exponents fit no better than two more constants would by chance (tested at
/// <see cref="ChanceAccepted"/>): with little spread in sizes they would run away and foretell badly (docs/lab/LOG.md). A very weak pull towards the published law decides what the runs leave open (runs that all have the same tokens a
/// parameter do not tell capacity from data).</para>
/// </remarks>
public static class ScalingLawFitter
{
    /// <summary>Least number of distinct pairs of parameters and tokens for a fit of E, A and B.</summary>
    public const int PointsForScales = 4;

    /// <summary>Least number of distinct pairs for a fit of the exponents too, with at least <see cref="LevelsForExponents"/> sizes and lengths among them.</summary>
    public const int PointsForExponents = 8;

    /// <summary>Least number of distinct sizes, and of distinct lengths, for a fit of the exponents.</summary>
    public const int LevelsForExponents = 3;

    /// <summary>Largest chance, of fitting so much better by luck, at which exponents are freed.</summary>
    public const double ChanceAccepted = 0.01;

    internal const double Delta = 1e-3;

    private const double SameWithin = 1e-3;

    /// <summary>Fits; null where there are fewer than <see cref="PointsForScales"/> distinct points. Runs whose figures are not positive and finite are passed over.</summary>
    public static ScalingLawFit? Fit(IReadOnlyList<TrainingObservation> runs)
    {
        TrainingObservation[] sound = [.. runs.Where(IsSound)];
        int points = Distinct(sound.Select(r => (r.Parameters, r.Tokens)));
        if (points < PointsForScales)
        {
            return null;
        }

        bool free = points >= PointsForExponents
            && Distinct(sound.Select(r => (r.Parameters, 1.0))) >= LevelsForExponents
            && Distinct(sound.Select(r => (r.Tokens, 1.0))) >= LevelsForExponents;
        ScalingLawFit few = FitWith(sound, points, freeExponents: false);
        if (!free)
        {
            return few;
        }

        ScalingLawFit all = FitWith(sound, points, freeExponents: true);
        return ChanceOfGain(few.Law, all.Law, sound) < ChanceAccepted ? all : few;
    }

    private static ScalingLawFit FitWith(TrainingObservation[] runs, int points, bool freeExponents)
    {
        var problem = new ScalingLawProblem(runs, freeExponents);
        return Judge(problem.Minimise(problem.Starts()), runs, points, freeExponents);
    }

    /// <summary>How likely two more constants fit so much better by chance: the likelihood ratio of errors with Laplace's distribution, <c>(S₅/S₃)^(n−5)</c>, S the sums of absolute errors.</summary>
    /// <remarks>Absolute errors, as the fit's own objective has them: with squares one outlier would decide. χ² with two degrees of freedom has survival e^(−x/2), x = 2·ln of the ratio; n − 5 for n since the sample is small.</remarks>
    private static double ChanceOfGain(ScalingLaw few, ScalingLaw all, TrainingObservation[] runs)
    {
        const int Constants = 5;
        double left = Error(all), before = Error(few);
        return before > 0 ? Math.Pow(left / before, runs.Length - Constants) : 1;

        double Error(ScalingLaw law) => runs.Sum(r => Math.Abs(Math.Log(r.Loss) - Math.Log(law.Loss(r.Parameters, r.Tokens))));
    }

    /// <summary>Laws fitted to <paramref name="count"/> data sets made of the fit and its own residuals, drawn with replacement: the residual bootstrap.</summary>
    /// <remarks>Residuals are widened by √(n/(n−p)), p the constants fitted, since a fit makes them smaller than the noise. Seeded: the same runs give the same laws.</remarks>
    public static IReadOnlyList<ScalingLaw> Resample(ScalingLawFit fit, IReadOnlyList<TrainingObservation> runs, int count, int seed)
    {
        TrainingObservation[] sound = [.. runs.Where(IsSound)];
        int constants = fit.FreeExponents ? 5 : 3;
        double widen = Math.Sqrt(sound.Length / (double)Math.Max(1, sound.Length - constants));
        double[] predicted = [.. sound.Select(r => Math.Log(fit.Law.Loss(r.Parameters, r.Tokens)))];
        double[] residuals = [.. sound.Select((r, i) => (Math.Log(r.Loss) - predicted[i]) * widen)];
        var random = new Random(seed);
        var laws = new ScalingLaw[count];
        for (int i = 0; i < count; i++)
        {
            TrainingObservation[] drawn = [.. sound.Select((r, k) => r with { Loss = Math.Exp(predicted[k] + residuals[random.Next(residuals.Length)]) })];
            laws[i] = new ScalingLawProblem(drawn, fit.FreeExponents).Minimise([fit.Law]);
        }

        return laws;
    }

    private static ScalingLawFit Judge(ScalingLaw law, TrainingObservation[] runs, int points, bool free)
    {
        double[] errors = [.. runs.Select(r => Math.Log(r.Loss) - Math.Log(law.Loss(r.Parameters, r.Tokens)))];
        double mean = runs.Average(r => Math.Log(r.Loss));
        double total = runs.Sum(r => (Math.Log(r.Loss) - mean) * (Math.Log(r.Loss) - mean));
        double left = errors.Sum(e => e * e);
        return new ScalingLawFit(law, runs.Length, points, free, Math.Sqrt(left / runs.Length), errors.Max(Math.Abs), total > 0 ? 1 - (left / total) : 0);
    }

    private static int Distinct(IEnumerable<(double A, double B)> pairs)
    {
        var kept = new List<(double A, double B)>();
        foreach ((double a, double b) in pairs)
        {
            if (!kept.Any(k => Math.Abs((a / k.A) - 1) < SameWithin && Math.Abs((b / k.B) - 1) < SameWithin))
            {
                kept.Add((a, b));
            }
        }

        return kept.Count;
    }

    private static bool IsSound(TrainingObservation run) =>
        double.IsFinite(run.Parameters) && run.Parameters >= 1 && double.IsFinite(run.Tokens) && run.Tokens >= 1 && double.IsFinite(run.Loss) && run.Loss > 0;
}
