using Lazuli.Contracts;

namespace Lazuli.Billing;

/// <summary>What tokens cost at plain prices.</summary>
internal static class TokenCost
{
    /// <summary>More tokens than any request has.</summary>
    public const long MostTokens = 1_000_000_000;

    /// <summary>More than any request costs, in nano-units, so that sums of holds never overflow.</summary>
    public const long MostNanos = 1_000_000L * Money.NanosPerUnit;

    /// <summary><c>(prompt − cached) · input + cached · cachedInput + completion · output</c> in nano-units; null above <see cref="MostNanos"/>.</summary>
    public static long? Of(TokenPrices prices, ChargedTokens tokens)
    {
        Int128 sum = ((Int128)(tokens.Prompt - tokens.Cached) * prices.InputNanos) + ((Int128)tokens.Cached * prices.CachedInputNanos) + ((Int128)tokens.Completion * prices.OutputNanos);
        return sum > MostNanos ? null : (long)sum;
    }

    /// <summary>The most tokens of a unit price that <paramref name="nanos"/> pay for.</summary>
    public static long Affordable(long nanos, long unitNanos) => nanos < 0 ? 0 : unitNanos == 0 ? MostTokens : nanos / unitNanos;
}
