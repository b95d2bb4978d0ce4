namespace Lazuli.Compute;

/// <summary>Batch, learning rate and schedule by the size of the model.</summary>
public static class TrainingRules
{
    /// <summary>Share of the critical batch that a plan takes when the machine does not ask for more: it costs 6 % more tokens than the smallest batch would.</summary>
    public const double ShareOfCritical = 1.0 / 16;

    /// <summary>Least steps of a run of optimal length: fewer updates learn less than the law says, however large their batch.</summary>
    public const double LeastStepsOfOptimalRun = 2000;

    /// <summary>Least batch in tokens: below it products are too small to use the machine.</summary>
    public const long LeastBatchTokens = 1024;

    // Peak rates by parameters. Below 14 million: this project's recipes (15M: 1.5e-3; smaller ones 3e-3). 124 million: nanoGPT's GPT-2. Above: GPT-3, table 2.1 (Brown et al. 2020).
    private static readonly (double Parameters, double Rate)[] s_rates =
        [(2e6, 3e-3), (14e6, 1.5e-3), (125e6, 6e-4), (350e6, 3e-4), (760e6, 2.5e-4), (1.3e9, 2e-4), (2.7e9, 1.6e-4), (6.7e9, 1.2e-4), (13e9, 1e-4), (175e9, 6e-5)];

    /// <summary>Batch in tokens beyond which steps are wasted: <c>2e8 / L^(1/0.21)</c>, L the loss in nats (Kaplan et al. 2020, section 5.1).</summary>
    public static double CriticalBatch(double loss) => 2e8 * Math.Pow(loss, -1 / 0.21);

    /// <summary>Tokens that a batch of <paramref name="batch"/> needs, as a multiple of what the smallest batch needs: <c>1 + B/B_crit</c> (McCandlish et al. 2018, equation 2.7).</summary>
    public static double TokenFactor(double batch, double critical) => 1 + (batch / critical);

    /// <summary>Peak learning rate of AdamW: on straight lines between the published points, of logarithms.</summary>
    public static double LearningRate(double parameters)
    {
        if (parameters <= s_rates[0].Parameters)
        {
            return s_rates[0].Rate;
        }

        for (int i = 1; i < s_rates.Length; i++)
        {
            if (parameters <= s_rates[i].Parameters)
            {
                (double n0, double r0) = s_rates[i - 1];
                (double n1, double r1) = s_rates[i];
                return r0 * Math.Pow(r1 / r0, Math.Log(parameters / n0) / Math.Log(n1 / n0));
            }
        }

        return s_rates[^1].Rate;
    }

    /// <summary>Warm-up: a fiftieth of the run, at most 2,000 steps (nanoGPT's GPT-2, Llama).</summary>
    public static int WarmupSteps(long steps) => (int)Math.Clamp(steps / 50, 1, 2000);

    /// <summary>Batch of a model on one device: <see cref="ShareOfCritical"/> of the critical one at the loss it ends with, but no more than leaves <see cref="LeastStepsOfOptimalRun"/>; a power of two of rows, at least <see cref="LeastBatchTokens"/>.</summary>
    /// <remarks>It depends on the model alone, not on the budget: more budget then always means more tokens.</remarks>
    public static long BatchTokens(ModelShape shape, ScalingLaw law)
    {
        double optimal = law.OptimalTokens(shape.ParameterCount);
        double loss = law.Loss(shape.ParameterCount, optimal);
        double batch = Math.Min(ShareOfCritical * CriticalBatch(loss), optimal / LeastStepsOfOptimalRun); // easy text has a low loss, which Kaplan's formula for web text takes for a large model's
        double rows = Math.Max(LeastBatchTokens, batch) / shape.ContextLength;
        return shape.ContextLength * (long)Math.Pow(2, Math.Clamp(Math.Round(Math.Log2(Math.Max(rows, 1))), 0, 16));
    }
}
