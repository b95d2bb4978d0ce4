using Lazuli.Contracts;

namespace Lazuli.Billing;

/// <summary>A price plan's content.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Currency">Of all its prices.</param>
/// <param name="BatchDiscountBasisPoints">Off every unit price for batches, in hundredths of a percent.</param>
/// <param name="Rates">No two of one pattern and meter.</param>
/// <param name="Fees">Fixed amounts a period.</param>
internal sealed record PricePlan(string Name, Currency Currency, int BatchDiscountBasisPoints, IReadOnlyList<PriceRate> Rates, IReadOnlyList<PeriodFee> Fees)
{
    /// <summary>Basis points in a whole.</summary>
    public const int Whole = 10_000;

    /// <summary>The narrowest rate for a model's meter; cached input without a rate of its own is priced as input; null when there is none.</summary>
    public PriceRate? RateOf(string modelName, UsageMeter meter)
    {
        PriceRate? best = null;
        foreach (PriceRate rate in Rates)
        {
            if (rate.Meter == meter && rate.Covers(modelName) && (best is null || rate.Narrowness > best.Narrowness))
            {
                best = rate;
            }
        }

        return best is null && meter == UsageMeter.CachedInputTokens ? RateOf(modelName, UsageMeter.InputTokens) : best;
    }

    /// <summary>Plain prices of a model's tokens; null unless input and output both have a price.</summary>
    public TokenPrices? PlainPrices(string priceVersion, PartyId seller, string modelName, bool batch)
    {
        if (RateOf(modelName, UsageMeter.InputTokens) is not { } input || RateOf(modelName, UsageMeter.OutputTokens) is not { } output)
        {
            return null;
        }

        PriceRate cached = RateOf(modelName, UsageMeter.CachedInputTokens)!;
        return new TokenPrices(priceVersion, seller, Currency, Plain(input, batch), Plain(cached, batch), Plain(output, batch));
    }

    /// <summary>What a rate's units are charged at before the invoice; exact, but for a unit's share of a package, which is rounded up.</summary>
    private long Plain(PriceRate rate, bool batch) =>
        batch ? (long)decimal.Ceiling((decimal)rate.PlainUnitNanos * (Whole - BatchDiscountBasisPoints) / Whole) : rate.PlainUnitNanos;
}
