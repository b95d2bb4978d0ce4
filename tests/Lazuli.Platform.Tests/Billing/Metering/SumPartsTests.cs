using CsCheck;
using Lazuli.Billing;
using Lazuli.Contracts;

namespace Lazuli.Platform.Tests.Billing;

public sealed class SumPartsTests
{
    private static readonly Gen<SumRow> s_rows =
        from prices in Gen.Long[0, 1_000].Array[3]
        from tokens in Gen.Long[0, 5_000].Array[3]
        from requests in Gen.Long[0, 20]
        from part in Gen.Long[0, 100]
        let input = tokens[0] + tokens[1]
        let price = (tokens[0] * prices[0]) + (tokens[1] * prices[1]) + (tokens[2] * prices[2])
        let charge = price * part / 100
        select new SumRow
        {
            InputNanos = prices[0], CachedNanos = prices[1], OutputNanos = prices[2], Requests = requests, PromptTokens = input, CachedTokens = tokens[1], CompletionTokens = tokens[2],
            ChargeNanos = charge, UnchargedNanos = price - charge,
        };

    [Fact]
    public void What_is_rated_never_comes_to_more_than_was_charged_and_to_less_by_at_most_three_tokens()
    {
        s_rows.Sample(row =>
        {
            long rated = SumParts.Of(row).Sum(part => part.Quantity * PriceOf(row, part.Meter));
            Assert.InRange(rated, row.ChargeNanos - row.InputNanos - row.CachedNanos - row.OutputNanos, row.ChargeNanos);
            if (row.UnchargedNanos == 0)
            {
                Assert.Equal(row.ChargeNanos, rated);
            }
        });
    }

    [Fact]
    public void What_was_accrued_adds_up_to_the_charge_and_quantities_stay_within_what_was_used()
    {
        s_rows.Sample(row =>
        {
            Dictionary<UsageMeter, (long Quantity, long Nanos)> parts = SumParts.Of(row).ToDictionary(part => part.Meter, part => (part.Quantity, part.AccruedNanos));
            Assert.Equal(row.ChargeNanos, parts.Values.Sum(part => part.Nanos));
            Assert.InRange(parts[UsageMeter.InputTokens].Quantity, 0, row.PromptTokens - row.CachedTokens);
            Assert.InRange(parts[UsageMeter.CachedInputTokens].Quantity, 0, row.CachedTokens);
            Assert.InRange(parts[UsageMeter.OutputTokens].Quantity, 0, row.CompletionTokens);
            Assert.Equal(row.Requests, parts[UsageMeter.Requests].Quantity);
        });
    }

    [Fact]
    public void A_correction_alone_takes_back_where_it_gave()
    {
        var row = new SumRow { InputNanos = 2, CachedNanos = 1, OutputNanos = 10, Requests = -1, PromptTokens = -30, CachedTokens = -10, CompletionTokens = 4, ChargeNanos = -10 };
        Assert.Equal([(-20L, -40L), (-10, -10), (4, 40), (-1, 0), (0, 0)], SumParts.Of(row).Select(part => (part.Quantity, part.AccruedNanos)));
    }

    [Fact]
    public void Device_seconds_of_a_job_carry_its_charge() =>
        Assert.Equal((90L, 4_500L), SumParts.Of(new SumRow { DeviceSeconds = 90, ChargeNanos = 4_500 }).Where(part => part.Meter == UsageMeter.DeviceSeconds).Select(part => (part.Quantity, part.AccruedNanos)).Single());

    private static long PriceOf(SumRow row, UsageMeter meter) => meter switch
    {
        UsageMeter.InputTokens => row.InputNanos,
        UsageMeter.CachedInputTokens => row.CachedNanos,
        UsageMeter.OutputTokens => row.OutputNanos,
        _ => 0,
    };
}
