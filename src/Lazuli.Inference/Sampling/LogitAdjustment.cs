using Lazuli.Contracts;

namespace Lazuli.Inference;

/// <summary>What a request changes about logits before a token is chosen, in this order: bias, repetition penalty, frequency and presence penalty.</summary>
/// <remarks>
/// <c>l += bias</c>; <c>l = l / r</c> where l is above 0, else <c>l · r</c>, for tokens of prompt or answer (Keskar et al. 2019);
/// <c>l −= frequency · count + presence</c> for tokens of the answer. A bias of −100 or less forbids.
/// </remarks>
internal static class LogitAdjustment
{
    private const double Forbidden = -100;

    /// <summary>Whether the options change any logit.</summary>
    public static bool IsNeeded(SamplingOptions options) => options.LogitBias.Count > 0 || NeedsCounts(options);

    /// <summary>Whether the options look at what the text has already.</summary>
    public static bool NeedsCounts(SamplingOptions options) => options.RepetitionPenalty != 1 || options.FrequencyPenalty != 0 || options.PresencePenalty != 0;

    /// <summary>Changes <paramref name="logits"/> in place. <paramref name="counts"/> is given where <see cref="NeedsCounts"/>.</summary>
    public static void Apply(SamplingOptions options, TokenCounts? counts, Span<float> logits)
    {
        foreach ((int id, double bias) in options.LogitBias)
        {
            logits[id] = bias <= Forbidden ? float.NegativeInfinity : logits[id] + (float)bias;
        }

        for (int place = 0; place < (counts?.Distinct ?? 0); place++)
        {
            ref float logit = ref logits[counts!.Id(place)];
            double adjusted = logit > 0 ? logit / options.RepetitionPenalty : logit * options.RepetitionPenalty;
            if (counts.Generated(place) > 0)
            {
                adjusted -= (options.FrequencyPenalty * counts.Generated(place)) + options.PresencePenalty;
            }

            logit = (float)adjusted;
        }
    }
}
