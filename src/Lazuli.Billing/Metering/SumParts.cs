using Lazuli.Contracts;

namespace Lazuli.Billing;

/// <summary>Takes a sum apart by meters, as an invoice rates it. Pure.</summary>
/// <remarks>
/// What was not charged is not rated: it is taken off generated tokens first, then off input, then off cached input, in whole tokens, a begun one whole. So what an
/// invoice rates never comes to more at plain prices than was charged, and to less by no more than three tokens a sum.
/// </remarks>
internal static class SumParts
{
    /// <summary>Meters with what to rate of each and what was accrued for it; accruals add up to the charge.</summary>
    public static IReadOnlyList<(UsageMeter Meter, long Quantity, long AccruedNanos)> Of(SumRow row)
    {
        long uncharged = row.UnchargedNanos;
        long output = Charged(row.CompletionTokens, row.OutputNanos, ref uncharged);
        long input = Charged(row.PromptTokens - row.CachedTokens, row.InputNanos, ref uncharged);
        long cached = Charged(row.CachedTokens, row.CachedNanos, ref uncharged);
        long inputNanos = checked(input * row.InputNanos);
        long cachedNanos = checked(cached * row.CachedNanos);
        long left = checked(row.ChargeNanos - inputNanos - cachedNanos);
        long outputNanos = row.DeviceSeconds == 0 ? left : checked(output * row.OutputNanos);
        return
        [
            (UsageMeter.InputTokens, input, inputNanos),
            (UsageMeter.CachedInputTokens, cached, cachedNanos),
            (UsageMeter.OutputTokens, output, outputNanos),
            (UsageMeter.Requests, row.Requests, 0),
            (UsageMeter.DeviceSeconds, row.DeviceSeconds, left - outputNanos),
        ];
    }

    private static long Charged(long tokens, long unitNanos, ref long unchargedNanos)
    {
        if (unchargedNanos <= 0 || unitNanos == 0 || tokens <= 0)
        {
            return tokens;
        }

        long free = Math.Min(tokens, (unchargedNanos / unitNanos) + (unchargedNanos % unitNanos > 0 ? 1 : 0));
        unchargedNanos -= checked(free * unitNanos);
        return tokens - free;
    }
}
